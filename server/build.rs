//! Tells cargo that the migrations and the built web files are part of the binary.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=../dist");
}
