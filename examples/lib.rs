//! What the examples share: the [`Narrator`], who tells a Kernel's events in an order that is the
//! same in every run, and [`models`], for those whose threads are checked by a model checker.

pub mod models;

/// The code blocks of README.md and of the book in `docs/` are tested as examples of these.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/kernel-calls.md")]
    mod kernel_calls {}
    #[doc = include_str!("../docs/library.md")]
    mod library {}
    #[doc = include_str!("../docs/models.md")]
    mod models {}
}

use kthread_rt::trace::Event;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One step of a story. For the event that is this step it returns the sentence that tells it, for
/// any other `None`.
///
/// It is called by the task that the event is about, so `current()` is that task.
pub type Step = fn(&Event) -> Option<String>;

/// How long a step may be in coming.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the steps of a story as they happen, in the order in which they are listed.
///
/// Tasks run at the same time, so some steps that follow each other in the list do not depend on
/// each other and may come the other way round. Then the narrator holds the task that is early,
/// right in the event, until it is its turn. A task that holds up the very step it is held for is a
/// step out of order: nothing comes any more, and [`finish`](Self::finish) says so after a while.
/// So what is printed has happened, in an order in which it can happen.
///
/// Events that are no step of the story, and those before [`begin`](Self::begin), are left out.
pub struct Narrator {
    steps: &'static [Step],
    told: Mutex<Told>,
    changed: Condvar,
}

/// How far the story has come.
#[derive(Default)]
struct Told {
    /// When the story began, if it has.
    began: Option<Instant>,
    /// Which steps have happened; some of them may wait for their turn.
    happened: Vec<usize>,
    /// How many steps have been printed.
    printed: usize,
    /// A step did not come: nobody is held any more.
    given_up: bool,
}

impl Narrator {
    /// A narrator of these steps, who says nothing yet.
    pub fn new(steps: &'static [Step]) -> Arc<Self> {
        let (told, changed) = (Mutex::default(), Condvar::new());
        Arc::new(Self { steps, told, changed })
    }

    /// The handler for `Kernel::builder().on_event(…)`.
    pub fn handler(self: &Arc<Self>) -> impl Fn(&Event) + Send + Sync + 'static {
        let narrator = self.clone();
        move |event| narrator.hear(event)
    }

    /// Begins the story: from here on events are told.
    pub fn begin(&self) {
        println!("     µs  who                 what");
        self.lock().began = Some(Instant::now());
    }

    fn hear(&self, event: &Event) {
        let sentences: Vec<_> = self.steps.iter().map(|step| step(event)).collect();
        let mut told = self.lock();
        let Some(began) = told.began else { return };
        let step = sentences.iter().enumerate().find(|(i, s)| s.is_some() && !told.happened.contains(i));
        let Some((step, Some(sentence))) = step else { return };
        told.happened.push(step);
        let mut told = self.wait_until(told, |told| told.printed == step);
        if !told.given_up {
            println!("{:>7}  {:<18}  {sentence}", began.elapsed().as_micros(), event.task.to_string());
            told.printed += 1;
            self.changed.notify_all();
        }
    }

    /// Waits until all steps have been told.
    ///
    /// # Errors
    ///
    /// How far the story came, if a step did not come.
    pub fn finish(&self) -> Result<(), String> {
        let told = self.wait_until(self.lock(), |told| told.printed == self.steps.len());
        if told.given_up {
            Err(format!("step {} of {} did not happen in its order", told.printed + 1, self.steps.len()))
        } else {
            Ok(())
        }
    }

    fn wait_until<'a>(
        &self,
        told: MutexGuard<'a, Told>,
        condition: impl Fn(&Told) -> bool,
    ) -> MutexGuard<'a, Told> {
        let wait = self.changed.wait_timeout_while(told, PATIENCE, |told| !condition(told) && !told.given_up);
        let (mut told, result) = wait.unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() {
            told.given_up = true;
            self.changed.notify_all();
        }
        told
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
