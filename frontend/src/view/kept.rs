//! What is on the page of a view: built once, changed in place by a view of the same place in the sources, removed.

use std::{borrow::Cow, mem};

use leptos::{
    attr::{Attribute as LeptosAttribute, any_attribute::AnyAttribute},
    prelude::{AddAnyAttr, Mountable, Render, RenderEffect, RenderHtml},
    tachys::{
        hydration::Cursor,
        renderer::{Rndr, types},
        view::{Position, PositionState, any_view::AnyViewState},
    },
};

use super::{Element, Shape, View, attribute::KeptAttribute};

/// The namespace of drawings.
const SVG: &str = "http://www.w3.org/2000/svg";

/// A view on the page.
pub struct Kept(Form);

enum Form {
    /// Marks where nothing is shown, or where a list ends.
    Nothing(types::Placeholder),
    /// The same where nobody looks.
    Nowhere,
    Text(types::Text, Cow<'static, str>),
    Element(Box<KeptElement>),
    Live(RenderEffect<Kept>),
    Several(Option<u32>, Vec<Kept>, types::Placeholder),
    Foreign(AnyViewState),
}

struct KeptElement {
    place: u32,
    element: types::Element,
    attributes: Vec<KeptAttribute>,
    children: Vec<Kept>,
}

impl Kept {
    /// For an effect that shows nothing itself.
    pub(super) const fn nothing_yet() -> Self {
        Self(Form::Nowhere)
    }
}

impl Element {
    fn build(self) -> KeptElement {
        let Self { place, name, is_svg, attributes, children } = self;
        let element = Rndr::create_element(name, is_svg.then_some(SVG));
        let mut children: Vec<Kept> = children.into_iter().map(View::build).collect();
        for child in &mut children {
            child.mount(&element, None);
        }
        // After the children: a list's value is one of its options.
        let attributes = attributes.into_iter().map(|attribute| attribute.build(&element)).collect();
        KeptElement { place, element, attributes, children }
    }

    fn rebuild(self, kept: &mut KeptElement) {
        for (child, kept) in self.children.into_iter().zip(&mut kept.children) {
            child.rebuild(kept);
        }
        for (attribute, former) in self.attributes.into_iter().zip(&mut kept.attributes) {
            attribute.rebuild(&kept.element, former);
        }
    }
}

impl Render for View {
    type State = Kept;

    fn build(self) -> Kept {
        Kept(match self.0 {
            Shape::Nothing => Form::Nothing(Rndr::create_placeholder()),
            Shape::Text(text) => Form::Text(Rndr::create_text_node(&text), text),
            Shape::Element(element) => Form::Element(Box::new(element.build())),
            Shape::Live(mut make) => Form::Live(RenderEffect::new(move |kept: Option<Kept>| {
                let view = make();
                match kept {
                    Some(mut kept) => {
                        view.rebuild(&mut kept);
                        kept
                    }
                    None => view.build(),
                }
            })),
            Shape::Several(place, views) => {
                Form::Several(place, views.into_iter().map(Self::build).collect(), Rndr::create_placeholder())
            }
            Shape::Foreign(view) => Form::Foreign(view.build()),
        })
    }

    fn rebuild(self, kept: &mut Kept) {
        match (self.0, &mut kept.0) {
            (Shape::Nothing, Form::Nothing(_)) => {}
            (Shape::Text(text), Form::Text(node, former)) => {
                if text != *former {
                    Rndr::set_text(node, &text);
                    *former = text;
                }
            }
            (Shape::Element(element), Form::Element(kept)) if element.place == kept.place => element.rebuild(kept),
            (Shape::Several(place, views), Form::Several(former, kept, end)) if place == *former => {
                rebuild_list(views, kept, end);
            }
            (Shape::Foreign(view), Form::Foreign(kept)) => view.rebuild(kept),
            (shape, _) => {
                let mut new = Self(shape).build();
                kept.insert_before_this(&mut new);
                kept.unmount();
                *kept = new;
            }
        }
    }
}

fn rebuild_list(views: Vec<View>, kept: &mut Vec<Kept>, end: &types::Placeholder) {
    for mut surplus in kept.drain(views.len().min(kept.len())..) {
        surplus.unmount();
    }
    for (nth, view) in views.into_iter().enumerate() {
        if let Some(kept) = kept.get_mut(nth) {
            view.rebuild(kept);
        } else {
            let mut new = view.build();
            Rndr::mount_before(&mut new, end);
            kept.push(new);
        }
    }
}

impl Mountable for Kept {
    fn unmount(&mut self) {
        match &mut self.0 {
            Form::Nothing(mark) => Rndr::remove(mark),
            Form::Nowhere => {}
            Form::Text(node, _) => Rndr::remove(node),
            Form::Element(kept) => Rndr::remove(&kept.element),
            Form::Live(effect) => effect.unmount(),
            Form::Several(_, list, end) => {
                list.iter_mut().for_each(Self::unmount);
                Rndr::remove(end);
            }
            Form::Foreign(state) => state.unmount(),
        }
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        match &mut self.0 {
            Form::Nothing(mark) => Rndr::insert_node(parent, mark, marker),
            Form::Nowhere => {}
            Form::Text(node, _) => Rndr::insert_node(parent, node, marker),
            Form::Element(kept) => Rndr::insert_node(parent, &kept.element, marker),
            Form::Live(effect) => effect.mount(parent, marker),
            Form::Several(_, list, end) => {
                for one in list {
                    one.mount(parent, marker);
                }
                Rndr::insert_node(parent, end, marker);
            }
            Form::Foreign(state) => state.mount(parent, marker),
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let before = |node: &types::Node, child: &mut dyn Mountable| {
            let parent = Rndr::get_parent(node).map(wasm_bindgen::JsCast::unchecked_into::<types::Element>);
            parent.is_some_and(|parent| {
                child.mount(&parent, Some(node));
                true
            })
        };
        match &self.0 {
            Form::Nothing(mark) => before(mark, child),
            Form::Nowhere => false,
            Form::Text(node, _) => before(node, child),
            Form::Element(kept) => before(&kept.element, child),
            Form::Live(effect) => effect.insert_before_this(child),
            Form::Several(_, list, end) => match list.first() {
                Some(first) => first.insert_before_this(child),
                None => before(end, child),
            },
            Form::Foreign(state) => state.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<types::Element> {
        match &self.0 {
            Form::Element(kept) => vec![kept.element.clone()],
            Form::Live(effect) => effect.elements(),
            Form::Several(_, list, _) => list.iter().flat_map(Self::elements).collect(),
            Form::Foreign(state) => state.elements(),
            Form::Nothing(_) | Form::Nowhere | Form::Text(..) => Vec::new(),
        }
    }
}

impl AddAnyAttr for View {
    type Output<SomeNewAttr: LeptosAttribute> = Self;

    /// Attributes from outside are not taken: nobody gives any.
    fn add_any_attr<NewAttr: LeptosAttribute>(self, _: NewAttr) -> Self {
        self
    }
}

/// There is no page without a browser here: everything is built in place.
impl RenderHtml for View {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {
        mem::drop(self);
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Kept {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
