//! `view!`: what Leptos's macro of this name reads, made into the app's own `crate::view::View`.
//!
//! Leptos gives every element, attribute and closure a type and code of its own; ours all have one type, so that the
//! code that builds, changes and removes them is in the download once. Components are Leptos's own.

use std::sync::atomic::{AtomicU32, Ordering};

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement, NodeName};
use syn::{Error, Result, spanned::Spanned as _};

/// A view in Leptos's syntax: elements, components, texts and blocks of Rust.
///
/// Of an element's attributes it knows names with a value, `class:name`, `prop:name`, `on:event` and `node_ref`.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let made = rstml::parse2(tokens.into()).and_then(|nodes| all(&nodes, false));
    made.unwrap_or_else(Error::into_compile_error).into()
}

/// One element of the sources: what is shown again by the same is changed in place.
fn next_place() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn all(nodes: &[Node], in_svg: bool) -> Result<TokenStream> {
    match nodes {
        [one] => node(one, in_svg),
        several => {
            let several = several.iter().map(|one| node(one, in_svg)).collect::<Result<Vec<_>>>()?;
            let place = next_place();
            Ok(quote! { crate::view::View::several(#place, ::std::vec![#(#several),*]) })
        }
    }
}

fn node(node: &Node, in_svg: bool) -> Result<TokenStream> {
    match node {
        Node::Element(element) if is_component(element.name()) => component(element),
        Node::Element(element) => tag(element, in_svg),
        Node::Block(block) => {
            Ok(quote! { crate::view::IntoView::into_view(#[allow(unused_braces, reason = "as written")] #block) })
        }
        Node::Text(text) => {
            let text = &text.value;
            Ok(quote! { crate::view::IntoView::into_view(#text) })
        }
        Node::Fragment(fragment) => all(&fragment.children, in_svg),
        Node::Comment(_) | Node::Doctype(_) | Node::RawText(_) | Node::Custom(_) => {
            Err(Error::new(node.span(), "write texts in quotation marks, and nothing but elements, texts and blocks"))
        }
    }
}

fn is_component(name: &NodeName) -> bool {
    matches!(name, NodeName::Path(path) if path.path.segments.last().is_some_and(|last| {
        last.ident.to_string().starts_with(char::is_uppercase)
    }))
}

fn tag(element: &NodeElement<rstml::Infallible>, in_svg: bool) -> Result<TokenStream> {
    let name = element.name().to_string();
    let svg = in_svg || ["svg", "circle", "line", "path", "rect", "text"].contains(&name.as_str());
    let start = element.name().span();
    let make = if svg { quote!(svg) } else { quote!(html) };
    let place = next_place();
    let attributes = element.attributes().iter().map(attribute).collect::<Result<Vec<_>>>()?;
    let children = element.children.iter().map(|child| node(child, svg)).collect::<Result<Vec<_>>>()?;
    Ok(quote_spanned! { start=>
        crate::view::View::#make(#name, #place, ::std::vec![#(#attributes),*], ::std::vec![#(#children),*])
    })
}

fn attribute(attribute: &NodeAttribute) -> Result<TokenStream> {
    let keyed = keyed(attribute)?;
    let name = keyed.key.to_string();
    let value = keyed.value().map_or_else(|| quote!(true), |value| quote!(#value));
    let kinds = [("class", quote!(class)), ("prop", quote!(property))];
    if name == "node_ref" {
        return Ok(quote! { crate::view::Attribute::node_ref(#value) });
    }
    let Some((kind, rest)) = name.split_once(':') else {
        return Ok(quote! { crate::view::Attribute::named(#name, crate::view::IntoValue::into_value(#value)) });
    };
    if kind == "on" {
        let event = syn::Ident::new(rest, keyed.key.span());
        return Ok(quote! { crate::view::Attribute::on(::leptos::ev::#event, #value) });
    }
    match kinds.into_iter().find(|(known, _)| *known == kind) {
        Some((_, make)) => Ok(quote! { crate::view::Attribute::#make(#rest, #value) }),
        None => Err(Error::new(keyed.key.span(), "an attribute of a kind that is not known here")),
    }
}

fn keyed(attribute: &NodeAttribute) -> Result<&KeyedAttribute> {
    match attribute {
        NodeAttribute::Attribute(keyed) => Ok(keyed),
        NodeAttribute::Block(block) => Err(Error::new(block.span(), "write an attribute's name")),
    }
}

fn component(element: &NodeElement<rstml::Infallible>) -> Result<TokenStream> {
    let NodeName::Path(name) = element.name() else {
        return Err(Error::new(element.name().span(), "a component's name"));
    };
    let properties = element
        .attributes()
        .iter()
        .map(|attribute| {
            let keyed = keyed(attribute)?;
            let key = &keyed.key;
            let value = keyed.value().map_or_else(|| quote!(#key), |value| quote!(#value));
            Ok(quote! { .#key(#[allow(unused_braces, reason = "as written")] { #value }) })
        })
        .collect::<Result<Vec<_>>>()?;
    let children = if element.children.is_empty() {
        TokenStream::new()
    } else {
        let children = all(&element.children, false)?;
        quote! { .children(crate::view::children(move || #children)) }
    };
    Ok(quote! {
        crate::view::View::component(::leptos::component::component_view(
            #[allow(clippy::needless_borrows_for_generic_args, reason = "components without properties are functions")]
            &#name,
            ::leptos::component::component_props_builder(&#name) #(#properties)* #children .build(),
        ))
    })
}
