//! A response as the expressions see it: enabled answers only, in the form's order.

use serde_json::{Map, Value, json};

use super::tree::Tree;

/// A response, and where in it each occurrence stands.
pub(super) struct Snapshot {
    pub(super) response: Value,
    /// A JSON pointer for each occurrence that is in it.
    pub(super) pointers: Vec<Option<String>>,
}

/// Writes the enabled part of a response.
pub(super) fn take(tree: &Tree<'_>) -> Snapshot {
    let mut writer = Writer { tree, pointers: vec![None; tree.occurrences().len()] };
    let roots: Vec<usize> = (0..tree.occurrences().len()).filter(|at| is_root(tree, *at)).collect();
    let items = writer.items(&roots, "");
    let mut fields = tree.fields.clone();
    if !items.is_empty() {
        fields.insert("item".to_owned(), Value::Array(items));
    }
    Snapshot { response: Value::Object(fields), pointers: writer.pointers }
}

fn is_root(tree: &Tree<'_>, place: usize) -> bool {
    tree.get(place).is_some_and(|occurrence| occurrence.parent.is_none())
}

struct Writer<'t, 'f> {
    tree: &'t Tree<'f>,
    pointers: Vec<Option<String>>,
}

impl Writer<'_, '_> {
    fn items(&mut self, places: &[usize], pointer: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for place in places {
            let pointer = format!("{pointer}/item/{}", items.len());
            if let Some(item) = self.item(*place, &pointer) {
                items.push(item);
                if let Some(slot) = self.pointers.get_mut(*place) {
                    *slot = Some(pointer);
                }
            }
        }
        items
    }

    /// An item with what is below it; none if it is disabled or has nothing to say.
    fn item(&mut self, place: usize, pointer: &str) -> Option<Value> {
        let tree = self.tree;
        let occurrence = tree.get(place).filter(|occurrence| occurrence.enabled)?;
        let item = tree.item(place)?;
        let mut fields = Map::from_iter([("linkId".to_owned(), json!(item.link_id))]);
        if occurrence.answers.is_empty() {
            let below = self.items(&occurrence.children, pointer);
            if below.is_empty() {
                return None;
            }
            fields.insert("item".to_owned(), Value::Array(below));
            return Some(Value::Object(fields));
        }
        let mut answers = Vec::new();
        for (n, answer) in occurrence.answers.iter().enumerate() {
            let under = |child: &&usize| tree.get(**child).is_some_and(|child| child.under == n);
            let children: Vec<usize> = occurrence.children.iter().filter(under).copied().collect();
            let below = self.items(&children, &format!("{pointer}/answer/{n}"));
            let mut answer = answer.value.clone();
            if let (Some(answer), false) = (answer.as_object_mut(), below.is_empty()) {
                answer.insert("item".to_owned(), Value::Array(below));
            }
            answers.push(answer);
        }
        fields.insert("answer".to_owned(), Value::Array(answers));
        Some(Value::Object(fields))
    }
}
