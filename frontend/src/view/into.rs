//! What can stand within an element.

use leptos::prelude::{AnyView, Get as _, RwSignal, Signal};

use super::{Shape, View};

/// Whatever can be shown.
pub trait IntoView {
    /// It as a view.
    fn into_view(self) -> View;
}

impl IntoView for View {
    fn into_view(self) -> View {
        self
    }
}

impl IntoView for AnyView {
    fn into_view(self) -> View {
        View(Shape::Foreign(self))
    }
}

impl IntoView for () {
    fn into_view(self) -> View {
        View(Shape::Nothing)
    }
}

impl IntoView for &'static str {
    fn into_view(self) -> View {
        View(Shape::Text(self.into()))
    }
}

impl IntoView for String {
    fn into_view(self) -> View {
        View(Shape::Text(self.into()))
    }
}

impl IntoView for i32 {
    fn into_view(self) -> View {
        self.to_string().into_view()
    }
}

impl<T: IntoView> IntoView for Option<T> {
    fn into_view(self) -> View {
        self.map_or(View(Shape::Nothing), T::into_view)
    }
}

impl<T: IntoView> IntoView for Vec<T> {
    fn into_view(self) -> View {
        View(Shape::Several(None, self.into_iter().map(T::into_view).collect()))
    }
}

impl<T: IntoView, const N: usize> IntoView for [T; N] {
    fn into_view(self) -> View {
        View(Shape::Several(None, self.into_iter().map(T::into_view).collect()))
    }
}

impl<T: IntoView, F: FnMut() -> T + Send + 'static> IntoView for F {
    fn into_view(mut self) -> View {
        View(Shape::Live(Box::new(move || self().into_view())))
    }
}

impl IntoView for Signal<String> {
    fn into_view(self) -> View {
        (move || self.get()).into_view()
    }
}

impl IntoView for RwSignal<String> {
    fn into_view(self) -> View {
        (move || self.get()).into_view()
    }
}
