//! The worklist as a page holds it: lines by the page, and which of them came while she was looking.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    api::{WorklistGroup, WorklistLine, WorklistReply},
    id::{AssessmentId, DeviceId, PatientId},
    time::Timestamp,
};

/// A count at which the server stops counting.
const COUNTED_TO: u16 = 100;

/// What tells a line apart from the others.
pub(crate) type LineKey = (PatientId, Option<AssessmentId>, Option<DeviceId>);
/// What of a line can move while it is looked at.
pub(crate) type LineMark = (u8, Option<Timestamp>, Vec<String>, Option<u32>);

/// The lines of one filter as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Worklist {
    lines: Vec<WorklistLine>,
    counts: BTreeMap<WorklistGroup, u16>,
    next: Option<String>,
    n_pages: usize,
    fresh: BTreeSet<LineKey>,
}

pub(crate) fn key_of(line: &WorklistLine) -> LineKey {
    (line.patient.patient, line.assessment.clone(), line.unsent.as_ref().map(|unsent| unsent.device))
}

pub(crate) fn mark_of(line: &WorklistLine) -> LineMark {
    (
        line.submitted,
        line.received_at,
        line.findings.iter().map(ToString::to_string).collect(),
        line.unsent.as_ref().map(|unsent| unsent.n),
    )
}

impl Worklist {
    /// The first look at a filter: nothing in it is news.
    pub(crate) fn open(reply: WorklistReply) -> Self {
        let counts = reply.counts.into_iter().collect();
        Self { lines: reply.lines, counts, next: reply.next, n_pages: 1, fresh: BTreeSet::new() }
    }

    /// The same without lines.
    pub(crate) fn counts_only(&self) -> Self {
        Self { counts: self.counts.clone(), ..Self::default() }
    }

    /// Adds the page after the last.
    pub(crate) fn append(&mut self, reply: WorklistReply) {
        self.counts = reply.counts.into_iter().collect();
        let known: BTreeSet<_> = self.lines.iter().map(key_of).collect();
        self.lines.extend(reply.lines.into_iter().filter(|line| !known.contains(&key_of(line))));
        self.next = reply.next;
        self.n_pages += 1;
    }

    /// Takes the same filter read again, and marks what was not there or has moved since; marks stay until the
    /// filter changes.
    pub(crate) fn refresh(&mut self, pages: Vec<WorklistReply>) {
        let before: BTreeMap<_, _> = self.lines.iter().map(|line| (key_of(line), mark_of(line))).collect();
        let seen_all = self.next.is_none();
        let mut pages = pages.into_iter();
        let Some(first) = pages.next() else { return };
        let fresh = std::mem::take(&mut self.fresh);
        *self = Self::open(first);
        pages.for_each(|page| self.append(page));
        let last_known = self.lines.iter().rposition(|line| before.contains_key(&key_of(line)));
        let arrived = self.lines.iter().enumerate().filter(|(index, line)| match before.get(&key_of(line)) {
            Some(mark) => *mark != mark_of(line),
            // past the last line she had, a line may merely have moved up from a page she never opened
            None => seen_all || last_known.is_some_and(|last| *index < last),
        });
        self.fresh = arrived.map(|(_, line)| key_of(line)).chain(fresh).collect();
    }

    /// The lines, most urgent first.
    pub(crate) fn lines(&self) -> &[WorklistLine] {
        &self.lines
    }

    /// Whether a line came or moved while she was looking.
    pub(crate) fn is_fresh(&self, line: &WorklistLine) -> bool {
        self.fresh.contains(&key_of(line))
    }

    /// How many lines came or moved while she was looking.
    pub(crate) fn n_fresh(&self) -> usize {
        self.lines.iter().filter(|line| self.is_fresh(line)).count()
    }

    /// How many pages are shown.
    pub(crate) const fn n_pages(&self) -> usize {
        self.n_pages
    }

    /// Where the next page begins; `None` at the end.
    pub(crate) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Whether a group is so long that the server stopped counting.
    pub(crate) fn is_long(&self, group: WorklistGroup) -> bool {
        self.counts.get(&group).is_some_and(|n| *n >= COUNTED_TO)
    }

    /// How many lines a group has, in figures: `7`, or `100+` where the server stopped counting.
    pub(crate) fn count(&self, group: WorklistGroup) -> String {
        match self.counts.get(&group).copied().unwrap_or(0) {
            n if n >= COUNTED_TO => format!("{COUNTED_TO}+"),
            n => n.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{api::PatientLine, schedule::AssessmentState};

    use super::*;

    fn line(n: u8, submitted: u8) -> WorklistLine {
        WorklistLine {
            patient: PatientLine {
                birth_date: None,
                patient: format!("018f0000-0000-7000-8000-0000000000{n:02}").parse().unwrap(),
                registry_number: format!("R-{n:03}"),
                name: String::new(),
                site: "chu".parse().unwrap(),
            },
            assessment: Some("M3:1".parse().unwrap()),
            state: Some(AssessmentState::Open),
            due_on: None,
            closes_on: None,
            submitted,
            questionnaires: 4,
            received_at: None,
            findings: Vec::new(),
            unsent: None,
            missing: None,
        }
    }

    fn page(lines: Vec<WorklistLine>, next: Option<&str>) -> WorklistReply {
        WorklistReply {
            counts: vec![(WorklistGroup::Due, 7), (WorklistGroup::Overdue, 100)],
            lines,
            next: next.map(Into::into),
        }
    }

    fn fresh_numbers(list: &Worklist) -> Vec<&str> {
        list.lines().iter().filter(|line| list.is_fresh(line)).map(|line| &*line.patient.registry_number).collect()
    }

    #[test]
    fn nothing_is_new_at_first_sight() {
        assert_eq!(Worklist::open(page(vec![line(1, 0), line(2, 0)], None)).n_fresh(), 0);
    }

    #[test]
    fn a_line_that_arrives_or_moves_is_marked_and_stays_marked() {
        let mut list = Worklist::open(page(vec![line(1, 0), line(2, 0)], None));
        list.refresh(vec![page(vec![line(1, 0), line(2, 1), line(3, 0)], None)]);
        assert_eq!(fresh_numbers(&list), ["R-002", "R-003"]);
        list.refresh(vec![page(vec![line(1, 0), line(2, 1), line(3, 0)], None)]);
        assert_eq!(fresh_numbers(&list), ["R-002", "R-003"]);
    }

    #[test]
    fn a_line_that_only_moved_up_from_an_unopened_page_is_not_called_new() {
        let mut list = Worklist::open(page(vec![line(1, 0), line(2, 0)], Some("p2")));
        list.refresh(vec![page(vec![line(2, 0), line(3, 0)], Some("p2"))]);
        assert_eq!(list.n_fresh(), 0);
        list.refresh(vec![page(vec![line(4, 0), line(2, 0)], Some("p2"))]);
        assert_eq!(fresh_numbers(&list), ["R-004"]);
    }

    #[test]
    fn a_further_page_adds_lines_once() {
        let mut list = Worklist::open(page(vec![line(1, 0), line(2, 0)], Some("p2")));
        list.append(page(vec![line(2, 0), line(3, 0)], None));
        assert_eq!((list.lines().len(), list.n_pages(), list.next()), (3, 2, None));
    }

    #[test]
    fn counts_say_where_counting_stopped() {
        let list = Worklist::open(page(Vec::new(), None));
        let shown = [WorklistGroup::Due, WorklistGroup::Overdue, WorklistGroup::Closing].map(|group| list.count(group));
        assert_eq!(shown, ["7", "100+", "0"]);
    }
}
