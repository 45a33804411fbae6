//! Views of our own in a real browser: built, changed in place, replaced and removed as Leptos's are.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests")]

use frontend::view;
use leptos::{
    ev,
    mount::{UnmountHandle, mount_to},
    prelude::*,
    task::tick,
};
use view::{View, view, when};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A place of its own on the page with this view in it.
fn show(make: impl FnOnce() -> View + 'static) -> (HtmlElement, UnmountHandle<view::Kept>) {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&place).unwrap();
    let handle = mount_to(place.clone(), make);
    (place, handle)
}

fn find(place: &HtmlElement, what: &str) -> Element {
    place.query_selector(what).unwrap().unwrap()
}

/// What is written there, without the marks that show nothing.
fn written(place: &HtmlElement) -> String {
    place.inner_html().replace("<!---->", "")
}

#[wasm_bindgen_test]
async fn elements_are_written_as_they_are_read() {
    let (place, _shown) = show(|| {
        let nothing: Option<String> = None;
        let nowhere: Option<View> = None;
        let list = ["a", "b"].map(|text| view! { <li>{text}</li> });
        view! {
            <p id="x" class="one two" hidden title=nothing tabindex=3>"word " {"<&>".to_owned()} {Some(7)}</p>
            <ul>{list}</ul>
            {nowhere}
        }
    });
    let expected =
        r#"<p id="x" class="one two" hidden="" tabindex="3">word &lt;&amp;&gt;7</p><ul><li>a</li><li>b</li></ul>"#;
    assert_eq!(written(&place), expected);
}

#[wasm_bindgen_test]
async fn what_follows_a_signal_changes_in_place() {
    let (text, on) = (RwSignal::new("one".to_owned()), RwSignal::new(false));
    let (place, _shown) = show(move || {
        view! {
            <p class="fixed" class:lit=move || on.get() title=move || on.get().then(|| text.get())>{text}</p>
            <input prop:value=text prop:disabled=move || on.get() />
        }
    });
    let (paragraph, input) = (find(&place, "p"), find(&place, "input").unchecked_into::<HtmlInputElement>());
    assert_eq!((paragraph.class_name(), input.value()), ("fixed".to_owned(), "one".to_owned()));
    text.set("two".to_owned());
    on.set(true);
    tick().await;
    assert!(find(&place, "p").is_same_node(Some(&paragraph)));
    assert_eq!(paragraph.outer_html(), r#"<p class="fixed lit" title="two">two</p>"#);
    assert_eq!((input.value(), input.disabled()), ("two".to_owned(), true));
    on.set(false);
    tick().await;
    assert_eq!(paragraph.outer_html(), r#"<p class="fixed">two</p>"#);
}

#[wasm_bindgen_test]
async fn the_same_place_in_the_sources_keeps_its_elements_and_another_does_not() {
    let n = RwSignal::new(0);
    let (place, _shown) = show(move || {
        let same = move || view! { <b id="same">{n.get()}</b> };
        let other = move || {
            if n.get() == 0 {
                view! { <i id="other">"x"</i> }
            } else {
                view! { <i id="other">"y"</i> }
            }
        };
        view! { {same} {other} }
    });
    let (same, other) = (find(&place, "#same"), find(&place, "#other"));
    n.set(1);
    tick().await;
    assert_eq!(written(&place), r#"<b id="same">1</b><i id="other">y</i>"#);
    assert!(find(&place, "#same").is_same_node(Some(&same)));
    assert!(!find(&place, "#other").is_same_node(Some(&other)));
}

#[wasm_bindgen_test]
async fn a_list_grows_and_shrinks_at_its_end() {
    let n = RwSignal::new(2);
    let (place, _shown) = show(move || {
        let list = move || (0..n.get()).map(|at| view! { <li>{at}</li> }).collect::<Vec<_>>();
        view! { <ul>{list}<li class="last">"end"</li></ul> }
    });
    let first = find(&place, "li");
    for (length, expected) in [(3, "012end"), (0, "end"), (1, "0end")] {
        n.set(length);
        tick().await;
        assert_eq!(place.text_content().as_deref(), Some(expected));
        assert_eq!(find(&place, "li").is_same_node(Some(&first)), length == 3, "{length}");
    }
}

#[wasm_bindgen_test]
async fn what_shows_under_a_condition_is_made_once_while_it_holds() {
    let n = RwSignal::new(1);
    let times = StoredValue::new(0);
    let (place, _shown) = show(move || {
        let make = move || {
            times.update_value(|times| *times += 1);
            view! { <em>{move || n.get()}</em> }
        };
        view! { <p>{when(move || n.get() > 0, make)}</p> }
    });
    for (now, expected, n_made) in [(2, "<p><em>2</em></p>", 1), (0, "<p></p>", 1), (5, "<p><em>5</em></p>", 2)] {
        n.set(now);
        tick().await;
        assert_eq!((written(&place).as_str(), times.get_value()), (expected, n_made));
    }
}

#[wasm_bindgen_test]
async fn a_listener_is_told_once_and_after_a_change_the_new_one_is() {
    let (n, told) = (RwSignal::new(1), RwSignal::new(Vec::new()));
    let (place, shown) = show(move || {
        let button = move || {
            let now = n.get();
            view! { <button on:click=move |_: ev::MouseEvent| told.update(|told| told.push(now))>"press"</button> }
        };
        view! { {button} }
    });
    let button: HtmlElement = find(&place, "button").unchecked_into();
    button.click();
    n.set(2);
    tick().await;
    button.click();
    assert_eq!(told.get_untracked(), [1, 2]);
    drop(shown);
    tick().await;
    button.click();
    assert_eq!((told.get_untracked().len(), place.inner_html().as_str()), (2, ""));
}

#[wasm_bindgen_test]
async fn a_new_reference_to_a_kept_element_is_filled() {
    let n = RwSignal::new(0);
    let (first, second) = (NodeRef::<leptos::html::P>::new(), NodeRef::new());
    let (place, _shown) = show(move || {
        let paragraph = move || {
            let reference = if n.get() == 0 { first } else { second };
            view! { <p node_ref=reference></p> }
        };
        view! { {paragraph} }
    });
    let element = find(&place, "p");
    n.set(1);
    tick().await;
    assert!(second.get_untracked().is_some_and(|noted| noted.is_same_node(Some(&element))));
}

#[wasm_bindgen_test]
async fn drawings_and_references_are_what_they_are() {
    let reference = NodeRef::<leptos::html::P>::new();
    let (place, _shown) = show(move || view! { <p node_ref=reference><svg><line x1=1 /></svg></p> });
    assert!(reference.get_untracked().is_some_and(|element| element.is_same_node(Some(&find(&place, "p")))));
    assert_eq!(find(&place, "line").namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
}

/// A component of Leptos's kind, with children.
#[component]
fn Framed(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// What is within.
    children: Children,
) -> impl IntoView {
    view! { <section><h1>{title}</h1>{children()}</section> }
}

#[wasm_bindgen_test]
async fn components_stand_in_views_and_views_in_components() {
    let title = RwSignal::new("before".to_owned());
    let (place, _shown) = show(move || {
        let ours = view! { <Framed title><p>"within"</p></Framed> };
        let theirs = leptos::view! { <div>{ours}</div> }.into_any();
        view! { {theirs} }
    });
    title.set("after".to_owned());
    tick().await;
    assert_eq!(written(&place), "<div><section><h1>after</h1><p>within</p></section></div>");
}
