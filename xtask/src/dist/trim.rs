//! Takes out of a program and the JavaScript around it what nobody calls, and shortens the names between the two.
//!
//! Leptos depends on a crate of streams that offers three classes to JavaScript. Whatever is offered stays, with all
//! it calls; our pages only start the program. And each name between the two ends in sixteen random digits, which no
//! compression makes smaller.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use walrus::Module;

/// The program and its JavaScript, both smaller; what they do is the same.
pub(super) fn trim(wasm: &[u8], js: &str) -> Result<(Vec<u8>, String)> {
    let js = without_classes(js);
    let mut module = Module::from_buffer(wasm).context("what wasm-bindgen made")?;
    let unused: Vec<_> =
        module.exports.iter().filter(|export| !mentions(&js, &export.name)).map(walrus::Export::id).collect();
    for export in unused {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(&mut module);
    let asked: BTreeSet<&str> = module.imports.iter().map(|import| import.name.as_str()).collect();
    let js = without_indents(&without_unasked(&js, &asked));
    let short = shorten(&mut module);
    Ok((module.emit_wasm(), renamed(&js, &short)))
}

/// The JavaScript without the classes it offers, and what belongs to them.
fn without_classes(js: &str) -> String {
    let classes: Vec<&str> =
        js.lines().filter_map(|line| line.strip_prefix("export class ")?.strip_suffix(" {")).collect();
    let about = |line: &str, before: &str, after: &str| {
        let rest = line.strip_prefix(before);
        rest.is_some_and(|rest| classes.iter().any(|class| rest.starts_with(&format!("{class}{after}"))))
    };
    without(js, |line| match line {
        _ if about(line, "export class ", " {") => Some(|line| line == "}"),
        _ if about(line, "if (Symbol.dispose) ", ".") => Some(|_| true),
        _ if about(line, "const ", "Finalization ") => Some(|line| line.ends_with(';')),
        _ => None,
    })
}

/// The JavaScript without the functions that the program does not ask for.
fn without_unasked(js: &str, asked: &BTreeSet<&str>) -> String {
    const INDENT: &str = "        ";
    without(js, |line| {
        let (name, _) = line.strip_prefix(INDENT)?.split_once(": function(")?;
        (name.starts_with("__wb") && !asked.contains(name)).then_some(|line| line.starts_with("        }"))
    })
}

/// The text without stretches of lines: `starts` tells the first line of one, and how to know its last.
fn without(text: &str, starts: impl Fn(&str) -> Option<fn(&str) -> bool>) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut is_last: Option<fn(&str) -> bool> = None;
    for line in text.lines() {
        let within = is_last.or_else(|| starts(line));
        if within.is_none() {
            kept.push_str(line);
            kept.push('\n');
        }
        is_last = within.filter(|is_last| !is_last(line));
    }
    kept
}

/// The JavaScript without indents, empty lines and lines of comment; it has no text of several lines.
fn without_indents(js: &str) -> String {
    let lines = js.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.fold(String::with_capacity(js.len()), |js, line| js + line + "\n")
}

/// Whether the JavaScript names this export as the program's.
fn mentions(js: &str, name: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(is_of_a_name);
    js.split("wasm.").skip(1).any(|rest| rest.strip_prefix(name).is_some_and(|rest| !goes_on(rest)))
}

const fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// Gives the program's imports and exports with random digits short names, and tells which.
fn shorten(module: &mut Module) -> BTreeMap<String, String> {
    let mut short = BTreeMap::new();
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    for name in imports.chain(module.exports.iter_mut().map(|export| &mut export.name)) {
        if has_random_digits(name) {
            let n = short.len();
            let new = short.entry(name.clone()).or_insert_with(|| format!("wbg{n}"));
            name.clone_from(new);
        }
    }
    short
}

fn has_random_digits(name: &str) -> bool {
    name.rsplit(['_', 'h']).take(2).any(|part| part.len() == 16 && part.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The text with other names, where they stand as a whole.
fn renamed(text: &str, names: &BTreeMap<String, String>) -> String {
    text.split_inclusive(|c| !is_of_a_name(c)).fold(String::with_capacity(text.len()), |text, part| {
        let name = part.trim_end_matches(|c| !is_of_a_name(c));
        match names.get(name) {
            Some(new) => text + new + part.strip_prefix(name).unwrap_or_default(),
            None => text + part,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_go_with_what_belongs_to_them_and_the_rest_stays() {
        let js = "export class Sink {\n    free() {\n    }\n}\nif (Symbol.dispose) Sink.prototype = 1;\n\nfunction a() {\n}\n\
                  const SinkFinalization = (1)\n    ? { free: () => {} }\n    : 2;\nconst b = 1;\n";
        assert_eq!(without_classes(js), "\nfunction a() {\n}\nconst b = 1;\n");
    }

    #[test]
    fn functions_go_that_the_program_does_not_ask_for() {
        let function = |name: &str| format!("        {name}: function(a) {{\n            return a;\n        }},\n");
        let js = [function("__wbg_one_1"), function("__wbg_two_2"), "    };\n".to_owned()].concat();
        let expected = [function("__wbg_two_2"), "    };\n".to_owned()].concat();
        assert_eq!(without_unasked(&js, &BTreeSet::from(["__wbg_two_2"])), expected);
    }

    #[test]
    fn an_export_is_used_only_under_its_whole_name() {
        assert!(mentions("wasm.sink_free(1)", "sink_free") && mentions("= wasm.memory;", "memory"));
        assert!(!mentions("wasm.sink_freed(1)", "sink_free") && !mentions("sink_free()", "sink_free"));
    }

    #[test]
    fn only_names_with_random_digits_are_shortened_and_only_whole_ones() {
        for (name, expected) in [
            ("__wbg_add_cf82c8d153d93ae1", true),
            ("wasm_bindgen__convert__closures_____invoke__h177ee188876d6c05_14", true),
            ("__wbindgen_malloc", false),
            ("memory", false),
        ] {
            assert_eq!(has_random_digits(name), expected, "{name}");
        }
        let names = BTreeMap::from([("a_1".to_owned(), "x".to_owned())]);
        assert_eq!(renamed("a_1(a_12, wasm.a_1)\n", &names), "x(a_12, wasm.x)\n");
    }
}
