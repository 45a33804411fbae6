//! The patient's entry point.

fn main() {
    leptos::mount::mount_to_body(frontend::patient::App);
}
