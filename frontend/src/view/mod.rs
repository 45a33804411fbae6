//! Views of one type: what `view!` makes, whatever the elements, and how it is built, changed and removed.
//!
//! Leptos's own views have a type for each element with its children and attributes, and so code for each. These are
//! built of the same parts (its reactive closures, components, and the functions that touch the document), behave
//! the same, and can stand in each other; but their code is in the download once. See `frontend/markup`.

mod attribute;
mod into;
mod kept;

use std::borrow::Cow;

use leptos::{
    children::Children,
    prelude::{AnyView, Get as _, IntoAny, Memo},
};
pub use markup::view;

pub use self::{
    attribute::{Attribute, IntoValue, Value},
    into::IntoView,
    kept::Kept,
};

/// Something to show.
pub struct View(Shape);

enum Shape {
    Nothing,
    Text(Cow<'static, str>),
    Element(Box<Element>),
    /// Shown anew whenever something it reads changes.
    Live(Box<dyn FnMut() -> View + Send>),
    /// Views side by side, and the place in the sources that they come from; none for a list.
    Several(Option<u32>, Vec<View>),
    Foreign(AnyView),
}

struct Element {
    /// Where in the sources it is written.
    place: u32,
    name: &'static str,
    is_svg: bool,
    attributes: Vec<Attribute>,
    children: Vec<View>,
}

impl View {
    /// An element of HTML.
    #[must_use]
    pub fn html(name: &'static str, place: u32, attributes: Vec<Attribute>, children: Vec<Self>) -> Self {
        Self(Shape::Element(Box::new(Element { place, name, is_svg: false, attributes, children })))
    }

    /// An element of a drawing.
    #[must_use]
    pub fn svg(name: &'static str, place: u32, attributes: Vec<Attribute>, children: Vec<Self>) -> Self {
        Self(Shape::Element(Box::new(Element { place, name, is_svg: true, attributes, children })))
    }

    /// Views side by side.
    #[must_use]
    pub fn several(place: u32, views: Vec<Self>) -> Self {
        Self(Shape::Several(Some(place), views))
    }

    /// What a component made.
    pub fn component(made: impl IntoAny) -> Self {
        Self(Shape::Foreign(made.into_any()))
    }
}

/// What stands within a component.
pub fn children(make: impl FnOnce() -> View + Send + 'static) -> Children {
    Box::new(move || make().into_any())
}

/// Shown while a condition holds; not made anew while it goes on holding.
pub fn when(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    make: impl Fn() -> View + Send + Sync + 'static,
) -> View {
    let holds = Memo::new(move |_| condition());
    View(Shape::Live(Box::new(move || if holds.get() { make() } else { View(Shape::Nothing) })))
}
