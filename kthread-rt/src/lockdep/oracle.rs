//! The validator against a brute-force oracle, which tries all sequences of steps.

use super::check::{Context, Finding, Holds, Validator, Wanted};
use super::class::{ClassId, Given, Key};
use super::graph::{Marks, Order, Seen, Way};
use super::{LockKind, Mode};
use crate::task::{CallPlace, KernelSetup, KernelState};
use std::panic::Location;

const MODES: [Mode; 3] = [Mode::Alone, Mode::Shared, Mode::Recursive];

fn somewhere() -> CallPlace {
    KernelState::new(KernelSetup::default()).place_of_call(Location::caller())
}

/// Numbers that look random, always the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

type Edge = (ClassId, ClassId, Marks);

fn follows(first: &Edge, next: &Edge) -> bool {
    first.1 == next.0 && !(first.2.to_recursive && next.2.from_read)
}

/// True if `path` continues to a circle that begins and ends with its first step, and uses no step
/// twice.
fn closes(edges: &[Edge], path: &mut Vec<Edge>) -> bool {
    let last = path[path.len() - 1];
    if follows(&last, &path[0]) {
        return true;
    }
    edges.iter().any(|edge| {
        if path.contains(edge) || !follows(&last, edge) {
            return false;
        }
        path.push(*edge);
        let closed = closes(edges, path);
        path.pop();
        closed
    })
}

#[test]
fn a_step_closes_a_circle_if_and_only_if_brute_force_finds_one() {
    let (mut random, place) = (Random(7), somewhere());
    let seen = Seen { held_at: place, taken_at: place };
    let (mut circles, mut steps) = (0, 0);
    for _ in 0..600 {
        let classes = 2 + random.below(4);
        let (mut order, mut edges) = (Order::default(), Vec::<Edge>::new());
        for _ in 0..10 {
            let (from, to) = (random.below(classes) as ClassId, random.below(classes) as ClassId);
            let (held, wanted) = (MODES[random.below(3) as usize], MODES[random.below(3) as usize]);
            let marks = Marks::new(held, wanted);
            if from == to || edges.contains(&(from, to, marks)) {
                continue;
            }
            let chain = order.chain(to, wanted, from, held);
            let expected = closes(&edges, &mut vec![(from, to, marks)]);
            assert_eq!(chain.is_some(), expected, "{edges:?} and {from} -> {to} {marks:?}: {chain:?}");
            steps += 1;
            if let Some(chain) = chain {
                circles += 1;
                assert_eq!((chain[0].from, chain[chain.len() - 1].to), (to, from));
                assert!(chain.windows(2).all(|pair| pair[0].to == pair[1].from));
                continue;
            }
            order.add(from, to, marks, seen);
            assert!(order.has(from, to, marks));
            edges.push((from, to, marks));
        }
    }
    assert!(circles > 300 && steps > 3 * circles / 2, "{circles} circles in {steps} steps");
}

/// The classes that paths of distinct steps lead to.
fn reached(edges: &[Edge], path: &mut Vec<Edge>, found: &mut Vec<ClassId>) {
    let Some(&last) = path.last() else { return };
    found.push(last.1);
    for edge in edges {
        if !path.contains(edge) && follows(&last, edge) {
            path.push(*edge);
            reached(edges, path, found);
            path.pop();
        }
    }
}

#[test]
fn what_is_reached_is_what_brute_force_reaches() {
    let (mut random, place) = (Random(11), somewhere());
    let seen = Seen { held_at: place, taken_at: place };
    for _ in 0..300 {
        let (mut order, mut edges) = (Order::default(), Vec::<Edge>::new());
        for _ in 0..7 {
            let (from, to) = (random.below(5) as ClassId, random.below(5) as ClassId);
            let marks = Marks::new(MODES[random.below(3) as usize], MODES[random.below(3) as usize]);
            if from != to && !edges.contains(&(from, to, marks)) {
                order.add(from, to, marks, seen);
                edges.push((from, to, marks));
            }
        }
        for (class, mode) in (0..5).flat_map(|class| MODES.map(|mode| (class, mode))) {
            let mut forward = vec![class];
            for first in edges.iter().filter(|edge| edge.0 == class) {
                if !(mode == Mode::Recursive && first.2.from_read) {
                    reached(&edges, &mut vec![*first], &mut forward);
                }
            }
            assert_eq!(sorted(order.reach(class, mode, Way::Forward)), sorted(forward), "{edges:?}");
            // Backwards, what reaches it: by each first step, whether its paths end here.
            let ends_here = |first: &Edge| leads_to(&edges, &mut vec![*first], class, mode);
            let mut backward: Vec<_> =
                edges.iter().filter(|first| ends_here(first)).map(|first| first.0).collect();
            backward.push(class);
            assert_eq!(sorted(order.reach(class, mode, Way::Backward)), sorted(backward), "{edges:?}");
        }
    }
}

fn leads_to(edges: &[Edge], path: &mut Vec<Edge>, class: ClassId, held: Mode) -> bool {
    let last = path[path.len() - 1];
    if last.1 == class && !(last.2.to_recursive && held.is_read()) {
        return true;
    }
    edges.iter().any(|edge| {
        if path.contains(edge) || !follows(&last, edge) {
            return false;
        }
        path.push(*edge);
        let leads = leads_to(edges, path, class, held);
        path.pop();
        leads
    })
}

fn sorted(mut classes: Vec<ClassId>) -> Vec<ClassId> {
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// A task that takes locks, by their names' numbers.
struct Player {
    validator: Validator,
    place: CallPlace,
    held: Vec<Holds>,
    context: Context,
}

const OFF: Context = Context { in_hardirq: false, in_softirq: false, hardirqs_off: true, softirqs_off: true };

impl Player {
    fn new() -> Self {
        Self { validator: Validator::default(), place: somewhere(), held: Vec::new(), context: OFF }
    }

    fn class(&mut self, lock: usize, kind: LockKind, subclass: u32) -> ClassId {
        self.validator.classes.of(lock, kind, None, subclass, true).unwrap()
    }

    fn take_as(
        &mut self,
        lock: usize,
        kind: LockKind,
        mode: Mode,
        more: impl FnOnce(&mut Wanted),
    ) -> Vec<Finding> {
        let class = self.class(lock, kind, 0);
        let (place, context) = (self.place, self.context);
        let mut wanted = Wanted { address: lock, class, mode, tries: false, nest: 0, place, context };
        more(&mut wanted);
        let found = self.validator.take(&self.held, &wanted);
        self.held.push(Holds { address: lock, class: wanted.class, mode, place });
        found
    }

    fn take(&mut self, lock: usize) -> Vec<Finding> {
        self.take_as(lock, LockKind::SpinLock, Mode::Alone, |_| ())
    }

    /// Takes these in this order, and releases them.
    fn all(&mut self, locks: &[usize]) -> Vec<Finding> {
        let found = locks.iter().flat_map(|&lock| self.take(lock)).collect();
        self.held.clear();
        found
    }

    fn of_one_class(&mut self, locks: &[usize]) {
        for &lock in locks {
            let given = Given::Class { key: Key::Address(1), subclass: 0, name: None };
            self.validator.classes.give(lock, given);
        }
    }
}

#[test]
fn a_circle_is_told_once_for_its_pair() {
    let mut player = Player::new();
    assert!(player.all(&[8, 16]).is_empty());
    assert!(player.all(&[16, 24]).is_empty());
    assert!(matches!(player.all(&[24, 8])[..], [Finding::Circle { ref chain, .. }] if chain.len() == 2));
    assert!(player.all(&[24, 8]).is_empty());
    assert!(matches!(player.all(&[16, 8])[..], [Finding::Circle { ref chain, .. }] if chain.len() == 1));
}

#[test]
fn a_lock_that_is_tried_comes_after_nothing_and_before_what_follows() {
    let mut player = Player::new();
    player.all(&[8, 16]);
    player.take(16);
    assert!(player.take_as(8, LockKind::SpinLock, Mode::Alone, |wanted| wanted.tries = true).is_empty());
    assert!(player.take(24).is_empty());
    player.held.clear();
    assert!(matches!(player.all(&[24, 8])[..], [Finding::Circle { .. }]));
}

#[test]
fn one_class_twice_is_told_but_for_subclasses_and_what_nests() {
    let mut player = Player::new();
    player.of_one_class(&[8, 16]);
    assert!(matches!(player.all(&[8, 16])[..], [Finding::Recursion { .. }]));
    assert!(player.all(&[16, 8]).is_empty(), "once for its class");
    let mut player = Player::new();
    player.of_one_class(&[8, 16]);
    player.take(8);
    let inner = player.class(16, LockKind::SpinLock, 1);
    assert!(player.take_as(16, LockKind::SpinLock, Mode::Alone, |wanted| wanted.class = inner).is_empty());
    let mut player = Player::new();
    player.of_one_class(&[8, 16]);
    player.take(32);
    player.take(8);
    assert!(player.take_as(16, LockKind::SpinLock, Mode::Alone, |wanted| wanted.nest = 32).is_empty());
    let mut player = Player::new();
    player.of_one_class(&[8, 16]);
    player.take(8);
    assert!(
        !player.take_as(16, LockKind::SpinLock, Mode::Alone, |wanted| wanted.nest = 32).is_empty(),
        "the outer lock is not held"
    );
}

#[test]
fn readers_of_an_rwlock_may_come_again_and_those_of_a_rwsem_may_not() {
    for (kind, mode, told) in [(LockKind::RwLock, Mode::Recursive, 0), (LockKind::RwSem, Mode::Shared, 1)] {
        let mut player = Player::new();
        player.take_as(8, kind, mode, |_| ());
        assert_eq!(player.take_as(8, kind, mode, |_| ()).len(), told, "{kind}");
    }
}

#[test]
fn readers_of_an_rwlock_in_both_orders_wait_for_nobody() {
    let read = |player: &mut Player, lock| player.take_as(lock, LockKind::RwLock, Mode::Recursive, |_| ());
    let write = |player: &mut Player, lock| player.take_as(lock, LockKind::RwLock, Mode::Alone, |_| ());
    let mut player = Player::new();
    read(&mut player, 8);
    read(&mut player, 16);
    player.held.clear();
    read(&mut player, 16);
    assert!(read(&mut player, 8).is_empty());
    player.held.clear();
    // With a writer inside of one of them, there is a circle.
    read(&mut player, 8);
    assert!(write(&mut player, 16).is_empty());
    player.held.clear();
    write(&mut player, 16);
    assert!(!write(&mut player, 8).is_empty());
}

#[test]
fn a_class_of_interrupts_that_is_taken_with_them_on_is_told_once() {
    let on = Context::default();
    let irq = Context { in_hardirq: true, ..OFF };
    for first_inside in [true, false] {
        let mut player = Player::new();
        let mut found = Vec::new();
        for inside in [first_inside, !first_inside, first_inside] {
            player.context = if inside { irq } else { on };
            found.extend(player.all(&[8]));
        }
        assert!(matches!(found[..], [Finding::Inconsistent { .. }]), "{found:?}");
    }
    let mut player = Player::new();
    player.context = irq;
    player.all(&[8]);
    player.context = OFF;
    assert!(player.all(&[8]).is_empty());
}

#[test]
fn a_softirq_does_not_mind_bottom_halves_that_are_off() {
    let mut player = Player::new();
    player.context = Context { in_softirq: true, softirqs_off: true, ..Context::default() };
    player.all(&[8]);
    player.context = Context { softirqs_off: true, ..Context::default() };
    assert!(player.all(&[8]).is_empty());
    player.context = Context::default();
    assert!(matches!(player.all(&[8])[..], [Finding::Inconsistent { .. }]));
}

#[test]
fn a_lock_that_is_open_to_interrupts_does_not_come_after_one_of_theirs() {
    // Interrupts take 8. A task takes 16 with interrupts on, and 8 then 16 with interrupts off.
    // Each alone is right.
    let irq = Context { in_hardirq: true, ..OFF };
    let steps: [(Context, &[usize]); 3] = [(irq, &[8]), (Context::default(), &[16]), (OFF, &[8, 16])];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut player = Player::new();
        let mut found = Vec::new();
        for step in order.map(|at| steps[at]) {
            player.context = step.0;
            found.extend(player.all(step.1));
        }
        assert!(matches!(found[..], [Finding::OpenAfterInside { .. }]), "{order:?}: {found:?}");
    }
}

#[test]
fn interrupts_that_come_again_under_a_lock_are_as_if_it_was_taken_so() {
    let mut player = Player::new();
    player.context = Context { in_hardirq: true, ..OFF };
    player.all(&[8]);
    player.context = OFF;
    assert!(player.take(8).is_empty());
    let (held, place) = (player.held.clone(), player.place);
    assert!(matches!(
        player.validator.opened(&held, Context::default(), place)[..],
        [Finding::Inconsistent { .. }]
    ));
}
