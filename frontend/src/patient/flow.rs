//! A patient's way through one questionnaire: from where it was left to what became of it.
//!
//! Each answer goes to the notebook at once, one after the other; the page goes on only when it is kept there.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Rc,
    task::{Context, Waker},
};

use leptos::{prelude::*, task::spawn_local};
use shared::{
    answers::ItemResponse,
    id::{AssessmentId, InstrumentKey, InstrumentVersion, ItemCode, Language},
};

use super::{care::Care, plain::GonePage, route::Route, sent::SentPage};
use crate::{
    address::{Address, use_address},
    i18n::{Locale, page_locale},
    notebook::{KeepError, Sitting, Standing},
    questionnaire::{Answering, Keeping, QuestionnairePage, QuestionnaireSession, Step},
    session,
    ui::Taps,
    view::view,
};

/// The questionnaire at one address, whichever of its screens.
#[component]
pub fn QuestionnaireFlow(
    /// The patient's things.
    care: Care,
    /// On which occasion.
    assessment: AssessmentId,
    /// Which instrument.
    instrument: InstrumentKey,
    /// Which screen the address names.
    #[prop(into)]
    step: Signal<Step>,
) -> impl IntoView {
    let Some(sitting) = sit(care, &assessment, &instrument, page_locale()) else {
        return view! { <GonePage /> }.into_any();
    };
    let sitting = StoredValue::new_local(sitting);
    let standing = RwSignal::new(None::<Standing>);
    Effect::new(move || {
        care.follow();
        let sitting = sitting.get_value();
        spawn_local(async move {
            match sitting.standing().await {
                Ok(now) => standing.set(Some(now)),
                Err(error) => care.failure.set(Some(error)),
            }
        });
    });
    let address = use_address();
    let sent = Memo::new(move |_| standing.with(|standing| standing.as_ref().map(|it| it.sent_at.is_some())));
    let place = Place { assessment: StoredValue::new(assessment), instrument: StoredValue::new(instrument) };
    let body = move || match sent.get() {
        None => ().into_any(),
        Some(true) => {
            address.replace(&place.path(&Step::Sent));
            view! { <SentPage care standing /> }.into_any()
        }
        Some(false) => view! { <Questions care place sitting standing step /> }.into_any(),
    };
    view! { {body} }.into_any()
}

/// The notebook's sitting, if the plan has this questionnaire for this patient.
fn sit(care: Care, assessment: &AssessmentId, instrument: &InstrumentKey, locale: Locale) -> Option<Sitting> {
    let notebook = untrack(|| care.notebook())?;
    let version: InstrumentVersion = care
        .find_assessment(assessment)?
        .questionnaires
        .iter()
        .find(|questionnaire| questionnaire.instrument.key == *instrument)?
        .instrument
        .clone();
    let language = Language::parse(locale.tag()).ok()?;
    notebook.sit(assessment, &version, &language, notebook.respondent())
}

/// Where the questionnaire's screens live.
#[derive(Clone, Copy)]
struct Place {
    assessment: StoredValue<AssessmentId>,
    instrument: StoredValue<InstrumentKey>,
}

impl Place {
    fn path(self, step: &Step) -> String {
        let (assessment, instrument) = (self.assessment.get_value(), self.instrument.get_value());
        Route::Questionnaire { assessment, instrument, step: step.clone() }.path()
    }
}

#[component]
fn Questions(
    care: Care,
    place: Place,
    sitting: StoredValue<Sitting, LocalStorage>,
    standing: RwSignal<Option<Standing>>,
    step: Signal<Step>,
) -> impl IntoView {
    let address = use_address();
    let answers =
        standing.with_untracked(|standing| standing.as_ref().map(|it| it.answers.clone())).unwrap_or_default();
    let sheet = sitting.with_value(|sitting| sitting.sheet().clone());
    let questions = RwSignal::new(QuestionnaireSession::new(sheet, answers));
    let resumed_at = RwSignal::new(None::<ItemCode>);
    take_up(place, address, questions, step.get_untracked(), resumed_at);
    let keep = keeper(care, sitting, questions);
    let sending = RwSignal::new(false);
    let send = move |()| {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let sitting = sitting.get_value();
        spawn_local(async move {
            match sitting.submit().await {
                Ok(_) | Err(KeepError::AlreadySent) => care.look_again(),
                Err(KeepError::Store(error)) => care.failure.set(Some(error)),
                Err(KeepError::Refused) => sending.set(false),
            }
        });
    };
    let answering = Answering {
        session: questions,
        keeping: care.keeping,
        keep,
        go: Callback::new(move |step: Step| address.go(&place.path(&step))),
        back: Callback::new(move |step: Option<Step>| {
            address.back_to(&step.map_or_else(|| "/".to_owned(), |step| place.path(&step)));
        }),
        pause: Callback::new(move |()| {
            care.look_again();
            address.go("/");
        }),
        send: Callback::new(send),
        sending,
        today: session::today(),
        phone: StoredValue::new(untrack(|| care.phone())),
        resumed_at,
        skip_explained: RwSignal::new(false),
        taps: StoredValue::new(Taps::default()),
    };
    on_cleanup(move || care.keeping.set(Keeping::Rest));
    let shown = Memo::new(move |_| {
        let wanted = step.get();
        questions.with_untracked(|questions| questions.allowed(wanted))
    });
    // An address that names no question of this patient becomes that of the screen shown in its place.
    Effect::new(move || {
        let shown = shown.get();
        if step.get_untracked() != shown {
            address.replace(&place.path(&shown));
        }
    });
    view! { <QuestionnairePage answering step=shown /> }
}

/// Opens a begun questionnaire where it was left, and says so.
fn take_up(
    place: Place,
    address: Address,
    questions: RwSignal<QuestionnaireSession>,
    wanted: Step,
    resumed_at: RwSignal<Option<ItemCode>>,
) {
    let resume = questions.with_untracked(QuestionnaireSession::resume);
    if !matches!(wanted, Step::Introduction | Step::Sent) || resume == wanted {
        return;
    }
    if let Step::Item(code) = &resume {
        resumed_at.set(Some(code.clone()));
    }
    // Not while the page is being built from this very address.
    let path = place.path(&resume);
    Effect::new(move |done: Option<()>| {
        if done.is_none() {
            address.replace(&path);
        }
    });
}

/// Spawns a task and takes its first steps at once: what it asks of the store is asked before the page is drawn anew.
fn begin(task: impl Future<Output = ()> + 'static) {
    let mut task = Box::pin(task);
    // What it waits for, it asks for again when it is spawned.
    if task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
        spawn_local(task);
    }
}

/// Gives answers to the notebook in the order they were given. Once they are kept the status says so, and then the
/// questions follow: of all that depends on an answer, "kept" is shown first.
fn keeper(
    care: Care,
    sitting: StoredValue<Sitting, LocalStorage>,
    questions: RwSignal<QuestionnaireSession>,
) -> Callback<(ItemCode, ItemResponse)> {
    let queue = StoredValue::new_local(Rc::new(RefCell::new(VecDeque::new())));
    Callback::new(move |given: (ItemCode, ItemResponse)| {
        let queue = queue.get_value();
        queue.borrow_mut().push_back(given);
        if care.keeping.get_untracked() == Keeping::UnderWay {
            return;
        }
        care.keeping.set(Keeping::UnderWay);
        begin(async move {
            let mut last = Keeping::Kept;
            let mut noted = Vec::new();
            loop {
                let Some((item, said)) = queue.borrow_mut().pop_front() else { break };
                let sitting = sitting.get_value();
                let kept = match said.clone() {
                    ItemResponse::Answered(value) => sitting.answer(&item, value).await,
                    ItemResponse::Skipped(reason) => sitting.skip(&item, reason).await,
                };
                match kept {
                    Ok(_) => noted.push((item, said)),
                    Err(KeepError::AlreadySent) => care.look_again(),
                    Err(KeepError::Store(error)) => care.failure.set(Some(error)),
                    Err(KeepError::Refused) => last = Keeping::Rest,
                }
            }
            care.keeping.set(last);
            questions.update(|questions| noted.into_iter().for_each(|(item, said)| questions.note(item, said)));
        });
    })
}
