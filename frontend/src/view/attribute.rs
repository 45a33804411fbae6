//! Attributes, properties and listeners of an element.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use leptos::{
    ev::EventDescriptor,
    prelude::{Get as _, NodeRef, RenderEffect, RwSignal, Signal},
    tachys::{
        html::{element::ElementType, node_ref::NodeRefContainer as _},
        renderer::{RemoveEventHandler, Rndr, types},
    },
};
use wasm_bindgen::{JsCast, JsValue};

use super::kept::Kept;

/// Something that an element has besides its children.
pub struct Attribute(Kind);

enum Kind {
    Named(&'static str, Value),
    Class(&'static str, Live<bool>),
    Property(&'static str, Live<JsValue>),
    On(Cow<'static, str>, Listener),
    Reference(Box<dyn FnOnce(&types::Element) + Send>),
}

type Live<T> = Box<dyn FnMut() -> T + Send>;
type Listener = Box<dyn FnMut(JsValue) + Send>;

/// The value of an attribute; without a text the attribute is not there.
pub enum Value {
    /// Stands still.
    Fixed(Option<Cow<'static, str>>),
    /// Follows what it reads.
    Live(Live<Option<Cow<'static, str>>>),
}

impl Attribute {
    /// An attribute by its name.
    #[must_use]
    pub const fn named(name: &'static str, value: Value) -> Self {
        Self(Kind::Named(name, value))
    }

    /// A class that the element has while this is true.
    pub fn class(name: &'static str, mut value: impl IntoFlag + Send + 'static) -> Self {
        Self(Kind::Class(name, Box::new(move || value.flag())))
    }

    /// A property of the element in the document, such as a field's value.
    pub fn property<T: Into<JsValue>>(name: &'static str, mut value: impl Follow<T> + Send + 'static) -> Self {
        Self(Kind::Property(name, Box::new(move || value.follow().into())))
    }

    /// What is done when something happens to the element.
    pub fn on<E: EventDescriptor>(event: E, mut act: impl FnMut(E::EventType) + Send + 'static) -> Self
    where
        E::EventType: JsCast,
    {
        Self(Kind::On(event.name(), Box::new(move |happened| act(happened.unchecked_into()))))
    }

    /// Notes the element.
    #[must_use]
    pub fn node_ref<E: ElementType<Output: JsCast> + 'static>(reference: NodeRef<E>) -> Self {
        Self(Kind::Reference(Box::new(move |element| reference.load(element))))
    }

    /// Gives it to an element.
    pub(super) fn build(self, element: &types::Element) -> KeptAttribute {
        match self.0 {
            Kind::Named(name, Value::Fixed(value)) => {
                set(element, name, value.as_deref());
                KeptAttribute::Nothing
            }
            Kind::Named(name, Value::Live(mut value)) => {
                let element = element.clone();
                follow(Box::new(move || set(&element, name, value().as_deref())))
            }
            Kind::Class(name, mut value) => {
                let classes = Rndr::class_list(element);
                follow(Box::new(move || {
                    if value() { Rndr::add_class(&classes, name) } else { Rndr::remove_class(&classes, name) }
                }))
            }
            Kind::Property(name, mut value) => {
                let element = element.clone();
                follow(Box::new(move || Rndr::set_property(&element, name, &value())))
            }
            Kind::On(name, act) => {
                let act = Rc::new(RefCell::new(act));
                let acting = Rc::clone(&act);
                let listen = Box::new(move |happened| (acting.borrow_mut())(happened));
                KeptAttribute::Listener(act, Rndr::add_event_listener(element, &name, listen))
            }
            Kind::Reference(note) => {
                note(element);
                KeptAttribute::Nothing
            }
        }
    }

    /// Gives it to an element in place of what the same attribute was before.
    pub(super) fn rebuild(self, element: &types::Element, kept: &mut KeptAttribute) {
        match (self.0, kept) {
            (Kind::On(_, act), KeptAttribute::Listener(former, _)) => {
                *former.borrow_mut() = act;
            }
            (kind, kept) => *kept = Self(kind).build(element),
        }
    }
}

fn set(element: &types::Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => Rndr::set_attribute(element, name, value),
        None => Rndr::remove_attribute(element, name),
    }
}

fn follow(mut apply: Box<dyn FnMut()>) -> KeptAttribute {
    KeptAttribute::Live(RenderEffect::new(move |_| {
        apply();
        Kept::nothing_yet()
    }))
}

/// What lasts of an attribute as long as its element.
#[expect(dead_code, reason = "effects and listeners end when they are dropped")]
pub(super) enum KeptAttribute {
    Nothing,
    Live(RenderEffect<Kept>),
    Listener(Rc<RefCell<Listener>>, RemoveEventHandler<types::Element>),
}

/// Whatever an attribute can have as its value.
pub trait IntoValue {
    /// It as a value.
    fn into_value(self) -> Value;
}

impl IntoValue for &'static str {
    fn into_value(self) -> Value {
        Value::Fixed(Some(self.into()))
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Fixed(Some(self.into()))
    }
}

/// There, or not there.
impl IntoValue for bool {
    fn into_value(self) -> Value {
        self.then_some("").into_value()
    }
}

impl IntoValue for i32 {
    fn into_value(self) -> Value {
        self.to_string().into_value()
    }
}

impl IntoValue for Option<&'static str> {
    fn into_value(self) -> Value {
        Value::Fixed(self.map(Cow::Borrowed))
    }
}

impl IntoValue for Option<String> {
    fn into_value(self) -> Value {
        Value::Fixed(self.map(Cow::Owned))
    }
}

impl<T: IntoValue, F: FnMut() -> T + Send + 'static> IntoValue for F {
    fn into_value(mut self) -> Value {
        Value::Live(Box::new(move || match self().into_value() {
            Value::Fixed(value) => value,
            Value::Live(mut value) => value(),
        }))
    }
}

impl IntoValue for Signal<String> {
    fn into_value(self) -> Value {
        (move || self.get()).into_value()
    }
}

/// True or false, now or whenever it is asked.
pub trait IntoFlag {
    /// What it is now.
    fn flag(&mut self) -> bool;
}

impl IntoFlag for bool {
    fn flag(&mut self) -> bool {
        *self
    }
}

impl<F: FnMut() -> bool> IntoFlag for F {
    fn flag(&mut self) -> bool {
        self()
    }
}

/// A value to be followed.
pub trait Follow<T> {
    /// What it is now.
    fn follow(&mut self) -> T;
}

impl<T, F: FnMut() -> T> Follow<T> for F {
    fn follow(&mut self) -> T {
        self()
    }
}

impl Follow<String> for RwSignal<String> {
    fn follow(&mut self) -> String {
        self.get()
    }
}
