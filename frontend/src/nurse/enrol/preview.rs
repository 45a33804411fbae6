//! What an enrolment with these dates would plan, before it is sent: above all what it is too late to ask.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::EnrolPreviewReply,
    schedule::{Assessment, AssessmentState},
    time::Date,
};

use super::boxes::EnrolBoxes;
use crate::{
    i18n::{Locale, span, text::person::preview as text},
    session,
    staff::{Desk, Names},
    ui::{Notice, Tone},
};

/// Occasions of a plan, by what the nurse should know of them before she enrols.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    /// Their time was over before the patient was included.
    too_late: Vec<Assessment>,
    /// They can be answered today.
    open: Vec<Assessment>,
    /// The next one that is to come.
    next: Option<Assessment>,
}

impl Told {
    fn of(assessments: Vec<Assessment>, today: Date) -> Self {
        let mut told = Self::default();
        for assessment in assessments {
            let is_over = assessment.window.is_some_and(|window| window.closes_on < today);
            match assessment.state {
                AssessmentState::NotApplicable if is_over => told.too_late.push(assessment),
                AssessmentState::Open | AssessmentState::InProgress => told.open.push(assessment),
                AssessmentState::Planned if told.next.is_none() && assessment.window.is_some() => {
                    told.next = Some(assessment);
                }
                AssessmentState::NotApplicable
                | AssessmentState::Planned
                | AssessmentState::PartlyCompleted
                | AssessmentState::Completed(_)
                | AssessmentState::CompletedLate(_)
                | AssessmentState::Missed
                | AssessmentState::Cancelled => {}
            }
        }
        told
    }
}

/// The preview; it follows the boxes and keeps still while they cannot be read.
#[component]
pub(super) fn Preview(boxes: EnrolBoxes) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let told = RwSignal::new(None::<Told>);
    let turn = StoredValue::new(0_u32);
    let asked = Memo::new(move |_| {
        let names = desk.known_names()?;
        let hemopathies: Vec<_> = names.study().hemopathies.iter().map(|it| it.key.clone()).collect();
        boxes.form().preview(session::today(), &hemopathies)
    });
    Effect::new(move || {
        turn.update_value(|turn| *turn += 1);
        let (now, request) = (turn.get_value(), asked.get());
        let Some(request) = request else { return told.set(None) };
        spawn_local(async move {
            let reply = desk.post::<EnrolPreviewReply>("/api/patients/preview", &request).await;
            if turn.try_get_value() == Some(now) {
                // a preview that cannot come stops nobody: the plan shows in the file
                told.set(reply.ok().map(|reply| Told::of(reply.assessments, session::today())));
            }
        });
    });
    let shown = move || {
        let (told, names) = (told.get()?, desk.known_names()?);
        Some(view! { <Lines told names=names.as_ref().clone() locale=locale.get() /> })
    };
    view! { <div role="status" class="enrol-preview">{shown}</div> }
}

#[component]
fn Lines(told: Told, names: Names, locale: Locale) -> impl IntoView {
    let listed = |assessments: &[Assessment]| {
        let name = |it: &Assessment| names.timepoint(&it.id.timepoint, locale);
        assessments.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let (too_late, open) = (listed(&told.too_late), listed(&told.open));
    let too_late = (!too_late.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p><strong>{text::too_late(locale)}</strong>" "{too_late}"."</p>
                <p>{text::too_late_why(locale)}</p>
            </Notice>
        }
    });
    let open = (!open.is_empty()).then(|| text::open(locale, open));
    let next = told.next.as_ref().and_then(|it| {
        let window = it.window?;
        let when = span(locale, window.opens_on, window.closes_on);
        Some(text::next(locale, names.timepoint(&it.id.timepoint, locale), when))
    });
    let lines = [open, next].into_iter().flatten().map(|line| view! { <p class="field-help">{line}</p> });
    view! { {too_late}{lines.collect_view()} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_over_is_called_too_late() {
        let assessment = |timepoint: &str, state: AssessmentState, closes: Option<&str>| Assessment {
            id: format!("{timepoint}:1").parse().unwrap(),
            state,
            window: closes.map(|day| {
                let on: Date = day.parse().unwrap();
                shared::schedule::Window { opens_on: on, due_on: on, closes_on: on }
            }),
            questionnaires: Vec::new(),
        };
        let told = Told::of(
            vec![
                assessment("T0", AssessmentState::NotApplicable, Some("2025-10-01")),
                assessment("M1", AssessmentState::NotApplicable, None),
                assessment("M3", AssessmentState::NotApplicable, Some("2026-06-01")),
                assessment("M6", AssessmentState::Open, Some("2026-03-20")),
                assessment("M9", AssessmentState::Planned, None),
                assessment("M12", AssessmentState::Planned, Some("2026-09-20")),
                assessment("M18", AssessmentState::Planned, Some("2027-03-20")),
            ],
            "2026-03-12".parse().unwrap(),
        );
        let keys = |list: &[Assessment]| list.iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
        assert_eq!((keys(&told.too_late), keys(&told.open)), (vec!["T0:1".to_owned()], vec!["M6:1".to_owned()]));
        assert_eq!(told.next.unwrap().id.to_string(), "M12:1");
    }
}
