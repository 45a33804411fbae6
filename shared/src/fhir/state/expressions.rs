//! The expressions of a form over one snapshot of a response.

use std::{cell::RefCell, collections::HashMap};

use serde_json::{Map, Number, Value, json};

use super::{
    Finding, FindingResult,
    snapshot::{self, Snapshot},
    tree::{Origin, Tree},
};
use crate::fhir::{
    conditions::{is_same, is_same_coding},
    form::{FormItem, Formula, Kind, Named},
    number,
    options::weight_of,
    path::{Engine, MomentKind, Node, Scope, Trouble},
};

/// How many variables may call each other in a row.
const DEEPEST: usize = 64;

/// Evaluates every expression once, and gives what they found in the order of the form.
pub(super) fn evaluate(tree: &Tree<'_>, engine: &Engine<'_>, is_opening: bool) -> Vec<Finding> {
    let has_any = |item: &FormItem| item.enable.is_some() || item.calculated.is_some() || item.initially.is_some();
    if !tree.form.items().iter().any(has_any) {
        return Vec::new();
    }
    let snapshot = snapshot::take(tree);
    let blank = json!({});
    let reading = Reading {
        tree,
        engine,
        snapshot: &snapshot,
        blank: &blank,
        known: RefCell::default(),
        open: RefCell::default(),
    };
    let mut findings = Vec::new();
    for place in 0..tree.occurrences().len() {
        reading.at(place, is_opening, &mut findings);
    }
    findings
}

/// A variable: the occurrence it is defined at (none: the form itself) and its name.
type Key<'a> = (Option<usize>, &'a str);

/// One reading of all expressions.
struct Reading<'a> {
    tree: &'a Tree<'a>,
    engine: &'a Engine<'a>,
    snapshot: &'a Snapshot,
    blank: &'a Value,
    known: RefCell<HashMap<Key<'a>, Result<Vec<Node<'a>>, Trouble>>>,
    /// The variables being computed, to notice circles.
    open: RefCell<Vec<Key<'a>>>,
}

impl<'a> Reading<'a> {
    fn at(&self, place: usize, is_opening: bool, findings: &mut Vec<Finding>) {
        let (Some(occurrence), Some(item)) = (self.tree.get(place), self.tree.item(place)) else { return };
        let mut found = |result| findings.push(Finding { place, result });
        if let Some(formula) = &item.enable {
            match self.run(formula, place) {
                Ok(nodes) => found(FindingResult::Enabled(matches!(nodes.as_slice(), [Node::Boolean(true)]))),
                Err(trouble) => {
                    let message = format!("the enableWhenExpression has no result, so the item is asked: {trouble}");
                    found(FindingResult::Trouble(message));
                    found(FindingResult::Enabled(true));
                }
            }
        }
        let is_typed = occurrence.answers.iter().any(|answer| answer.origin == Origin::Typed);
        let formula = match (&item.calculated, &item.initially) {
            (Some(formula), _) => Some((formula, Origin::Calculated)),
            (None, Some(formula)) if is_opening && occurrence.answers.is_empty() => Some((formula, Origin::Initial)),
            _ => None,
        };
        // what could not be read was told when the form was
        let can_run = |(formula, _): &(&Formula, Origin)| matches!(formula, Formula::Ready(_));
        let Some((formula, origin)) = formula.filter(can_run).filter(|_| occurrence.enabled) else { return };
        match self.calculate(item, formula, place) {
            Ok((values, _)) if is_typed && !item.read_only => {
                if !values.is_empty() && !self.is_answered_so(place, &values) {
                    let message = "the answer that was typed stands, though the calculation gives another";
                    found(FindingResult::Trouble(message.to_owned()));
                }
            }
            Ok((values, n_found)) if origin == Origin::Calculated || !values.is_empty() => {
                if n_found > values.len() {
                    let message = format!("the expression gives {n_found} values for one; the first is taken");
                    found(FindingResult::Trouble(message));
                }
                found(FindingResult::Answers(origin, values));
            }
            Ok(_) => {}
            Err(message) => found(FindingResult::Trouble(message)),
        }
    }

    /// The answers an expression gives, and how many values it found.
    fn calculate(&self, item: &FormItem, formula: &'a Formula, place: usize) -> Result<(Vec<Value>, usize), String> {
        let nodes = self.run(formula, place).map_err(|trouble| format!("the expression has no result: {trouble}"))?;
        Ok((answers(item, &nodes)?, nodes.len()))
    }

    fn is_answered_so(&self, place: usize, values: &[Value]) -> bool {
        let typed: Vec<&Value> = self.tree.answers(place).collect();
        typed.len() == values.len() && typed.iter().zip(values).all(|(typed, value)| is_same(typed, value))
    }

    fn run(&self, formula: &'a Formula, place: usize) -> Result<Vec<Node<'a>>, Trouble> {
        self.evaluate(formula, Some(place))
    }

    fn evaluate(&self, formula: &'a Formula, place: Option<usize>) -> Result<Vec<Node<'a>>, Trouble> {
        match formula {
            Formula::Ready(path) => self.engine.evaluate(path, self.context(place), &Here { reading: self, place }),
            Formula::Unusable(why) => Err(Trouble::Wrong(why.clone())),
        }
    }

    /// The response's item at a place; an empty one if there is nothing yet.
    fn context(&self, place: Option<usize>) -> Node<'a> {
        let Some(place) = place else { return Node::root(&self.snapshot.response) };
        let pointer = self.snapshot.pointers.get(place).and_then(Option::as_ref);
        let item = pointer.and_then(|pointer| self.snapshot.response.pointer(pointer));
        Node::root(item.unwrap_or(self.blank))
    }

    fn variable(&self, owner: Option<usize>, named: &'a Named) -> Result<Vec<Node<'a>>, Trouble> {
        let key = (owner, named.name.as_str());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        if self.open.borrow().contains(&key) {
            return Err(Trouble::Wrong(format!("%{} is defined by itself", named.name)));
        }
        if self.open.borrow().len() >= DEEPEST {
            return Err(Trouble::Wrong(format!("more than {DEEPEST} variables depend on each other in a row")));
        }
        self.open.borrow_mut().push(key);
        let result = match &named.formula {
            Formula::Unusable(_) => Err(Trouble::Missing(named.name.clone())),
            Formula::Ready(_) => self.evaluate(&named.formula, owner),
        };
        self.open.borrow_mut().pop();
        self.known.borrow_mut().insert(key, result.clone());
        result
    }
}

/// Names as they stand at one place.
struct Here<'r, 'a> {
    reading: &'r Reading<'a>,
    place: Option<usize>,
}

impl<'a> Scope<'a> for Here<'_, 'a> {
    fn variable(&self, name: &str) -> Result<Vec<Node<'a>>, Trouble> {
        let reading = self.reading;
        let form = reading.tree.form;
        match name {
            "resource" | "rootResource" => return Ok(vec![Node::root(&reading.snapshot.response)]),
            "context" => return Ok(vec![reading.context(self.place)]),
            "questionnaire" => return Ok(vec![Node::root(form.source())]),
            "qitem" => {
                let item = self.place.and_then(|place| reading.tree.item(place));
                let source = item.and_then(|item| form.source().pointer(&item.pointer));
                return Ok(source.map(Node::root).into_iter().collect());
            }
            "sct" => return Ok(vec![Node::Text("http://snomed.info/sct".into())]),
            "loinc" => return Ok(vec![Node::Text("http://loinc.org".into())]),
            "ucum" => return Ok(vec![Node::Text("http://unitsofmeasure.org".into())]),
            _ => {}
        }
        let mut at = self.place;
        while let Some((place, occurrence)) = at.and_then(|place| Some((place, reading.tree.get(place)?))) {
            let item = reading.tree.item(place);
            if let Some(named) = item.and_then(|item| item.named.iter().find(|named| named.name == name)) {
                return reading.variable(Some(place), named);
            }
            at = occurrence.parent;
        }
        let named = form.named().iter().find(|named| named.name == name);
        named.map_or_else(|| Err(Trouble::Missing(name.to_owned())), |named| reading.variable(None, named))
    }

    fn weight(&self, node: &Node<'a>) -> Option<f64> {
        let Node::Tree(tree) = node else { return None };
        let coding = tree.value.get("valueCoding").unwrap_or(tree.value);
        let link = tree.link?;
        let form = self.reading.tree.form;
        let items = form.linked(link).iter().filter_map(|place| form.item(*place));
        let options = items.flat_map(|item| item.options.iter().flatten());
        let mut chosen = options
            .filter(|option| option.answer.get("valueCoding").is_some_and(|offered| is_same_coding(offered, coding)));
        chosen.find_map(|option| option.weight).or_else(|| weight_of(coding))
    }
}

/// A calculated collection as answers of an item.
fn answers(item: &FormItem, nodes: &[Node<'_>]) -> Result<Vec<Value>, String> {
    let as_many = if item.repeats { usize::MAX } else { 1 };
    nodes.iter().take(as_many).map(|node| answer(item, node)).collect()
}

fn answer(item: &FormItem, node: &Node<'_>) -> Result<Value, String> {
    let field = item.kind.answer_field();
    let number = |number: f64| {
        number::whole(number).map(Value::from).or_else(|| Number::from_f64(number::tidy(number)).map(Value::Number))
    };
    let value = match (item.kind, node) {
        (Kind::Boolean, Node::Boolean(truth)) => Some(json!(truth)),
        (Kind::Integer, _) => node.number().and_then(number::whole).map(Value::from),
        (Kind::Decimal, _) => node.number().and_then(number),
        (Kind::Date, Node::Moment(moment)) if moment.kind() != MomentKind::Time => {
            moment.to_date().map(|date| json!(date.to_string()))
        }
        (Kind::DateTime | Kind::Time, Node::Moment(moment)) => {
            let is_time = moment.kind() == MomentKind::Time;
            (is_time == (item.kind == Kind::Time)).then(|| json!(node.to_text()))
        }
        (Kind::Date | Kind::DateTime | Kind::Time | Kind::Url | Kind::String | Kind::Text, Node::Text(text)) => {
            Some(json!(text))
        }
        (Kind::String | Kind::Text, Node::Integer(_) | Node::Decimal(_) | Node::Boolean(_) | Node::Moment(_)) => {
            Some(json!(node.to_text()))
        }
        (Kind::Choice | Kind::OpenChoice, Node::Tree(tree)) if tree.value.get("code").is_some() => {
            Some(tree.value.clone())
        }
        (Kind::Choice | Kind::OpenChoice, _) => return chosen(item, node),
        (Kind::Quantity, _) => quantity(item, node),
        (Kind::Reference | Kind::Attachment, Node::Tree(tree)) => Some(tree.value.clone()),
        _ => None,
    };
    let value = value.ok_or_else(|| mismatch(item, node))?;
    Ok(Value::Object(Map::from_iter([(field.to_owned(), value)])))
}

fn mismatch(item: &FormItem, node: &Node<'_>) -> String {
    format!("the expression gives a {}, which is no answer of type {}", node.type_name(), item.kind.name())
}

/// The option whose code, or value, a simple value is; in an open choice, the text itself.
fn chosen(item: &FormItem, node: &Node<'_>) -> Result<Value, String> {
    let text = node.to_text();
    let fits = |answer: &Value| match answer.get("valueCoding") {
        Some(coding) => coding.get("code").and_then(Value::as_str) == Some(&text),
        None => Node::root(answer).field("value").first().is_some_and(|offered| offered.to_text() == text),
    };
    let option = item.options.iter().flatten().find(|option| fits(&option.answer));
    match option {
        Some(option) => Ok(option.answer.clone()),
        None if item.kind == Kind::OpenChoice => Ok(json!({ "valueString": text })),
        None => Err(mismatch(item, node)),
    }
}

fn quantity(item: &FormItem, node: &Node<'_>) -> Option<Value> {
    if let Node::Tree(tree) = node {
        return node.quantity().map(|_| tree.value.clone());
    }
    let quantity = node.quantity()?;
    let mut fields = Map::from_iter([("value".to_owned(), json!(number::tidy(quantity.value)))]);
    let unit = (quantity.unit != "1").then_some(quantity.unit.as_str()).or(item.limits.unit.as_deref());
    if let Some(unit) = unit {
        fields.insert("unit".to_owned(), json!(unit));
        fields.insert("code".to_owned(), json!(unit));
        fields.insert("system".to_owned(), json!("http://unitsofmeasure.org"));
    }
    Some(Value::Object(fields))
}
