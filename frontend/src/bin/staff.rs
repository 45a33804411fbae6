//! The staff's entry point: nurses, investigators, data managers.

fn main() {
    leptos::mount::mount_to_body(frontend::staff::App);
}
