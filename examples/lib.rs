//! Shared by the examples: the [`Narrator`], which prints a Kernel's events in the same order in
//! every run, and [`models`], for examples whose threads a model checker checks.

pub mod models;

/// The code blocks of README.md and of the book in `docs/` are tested as examples of these modules.
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

/// One step of a story. For the event that is this step it returns a sentence, for any other
/// `None`.
///
/// The task that the event is about calls it, so `current()` is that task.
pub type Step = fn(&Event) -> Option<String>;

/// The longest time that a step may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the steps of a story as they happen, in the order in which they are listed.
///
/// Tasks run at the same time, so steps that follow each other in the list may be independent and
/// may happen in the other order. Then the narrator holds the early task, inside the event, until
/// its turn. If the held task itself is needed for the step before, that step never comes, and
/// [`finish`](Self::finish) returns an error after a while. So what is printed has happened, in a
/// possible order.
///
/// Events that are no step of the story, and those before [`begin`](Self::begin), are ignored.
pub struct Narrator {
    steps: &'static [Step],
    progress: Mutex<Progress>,
    changed: Condvar,
}

/// The progress of the story.
#[derive(Default)]
struct Progress {
    /// When the story began, if it has.
    began: Option<Instant>,
    /// The steps that have happened; some of them may wait for their turn.
    happened: Vec<usize>,
    /// The number of printed steps.
    printed: usize,
    /// A step did not come: no task is held any more.
    given_up: bool,
}

impl Narrator {
    /// A narrator of these steps, which prints nothing yet.
    pub fn new(steps: &'static [Step]) -> Arc<Self> {
        let (progress, changed) = (Mutex::default(), Condvar::new());
        Arc::new(Self { steps, progress, changed })
    }

    /// The handler for `Kernel::builder().on_event(…)`.
    pub fn handler(self: &Arc<Self>) -> impl Fn(&Event) + Send + Sync + 'static {
        let narrator = self.clone();
        move |event| narrator.hear(event)
    }

    /// Begins the story: from here on events are printed.
    pub fn begin(&self) {
        println!("     µs  who                 what");
        self.lock().began = Some(Instant::now());
    }

    fn hear(&self, event: &Event) {
        let sentences: Vec<_> = self.steps.iter().map(|step| step(event)).collect();
        let mut progress = self.lock();
        let Some(began) = progress.began else { return };
        let step = sentences.iter().enumerate().find(|(i, s)| s.is_some() && !progress.happened.contains(i));
        let Some((step, Some(sentence))) = step else { return };
        progress.happened.push(step);
        let mut progress = self.wait_until(progress, |progress| progress.printed == step);
        if !progress.given_up {
            println!("{:>7}  {:<18}  {sentence}", began.elapsed().as_micros(), event.task.to_string());
            progress.printed += 1;
            self.changed.notify_all();
        }
    }

    /// Waits until all steps have been printed.
    ///
    /// # Errors
    ///
    /// If a step did not come: which one.
    pub fn finish(&self) -> Result<(), String> {
        let progress = self.wait_until(self.lock(), |progress| progress.printed == self.steps.len());
        if progress.given_up {
            Err(format!("step {} of {} did not happen in order", progress.printed + 1, self.steps.len()))
        } else {
            Ok(())
        }
    }

    fn wait_until<'a>(
        &self,
        progress: MutexGuard<'a, Progress>,
        condition: impl Fn(&Progress) -> bool,
    ) -> MutexGuard<'a, Progress> {
        let holds = |progress: &mut Progress| !condition(progress) && !progress.given_up;
        let wait = self.changed.wait_timeout_while(progress, PATIENCE, holds);
        let (mut progress, result) = wait.unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() {
            progress.given_up = true;
            self.changed.notify_all();
        }
        progress
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
