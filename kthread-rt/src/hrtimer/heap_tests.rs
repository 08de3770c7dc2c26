//! The heap against a sorted list.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const TIMERS: usize = 16;

#[derive(Debug, Clone)]
enum Step {
    Insert(usize, u64),
    Remove(usize),
    TakeDue(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..TIMERS, 0..20u64).prop_map(|(timer, at)| Step::Insert(timer, at)),
        2 => (0..TIMERS).prop_map(Step::Remove),
        2 => (0..20u64).prop_map(Step::TakeDue),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn heap_is_a_sorted_list(steps in vec(step(), 1..80)) {
        let nodes: Vec<_> = (0..TIMERS).map(|_| Box::new(Node::new())).collect();
        let heap = Heap::new();
        // By expiry, and of one expiry by arming.
        let mut list: Vec<(u64, usize, usize)> = Vec::new();
        for (arming, step) in steps.into_iter().enumerate() {
            match step {
                Step::Insert(timer, at) => {
                    // SAFETY: one thread; the node is in a box, and is taken out first.
                    let was = unsafe {
                        let was = heap.remove(&raw const *nodes[timer]);
                        heap.insert(&raw const *nodes[timer], at);
                        was
                    };
                    prop_assert_eq!(was, list.iter().any(|(.., other)| *other == timer));
                    list.retain(|(.., other)| *other != timer);
                    list.push((at, arming, timer));
                    list.sort_unstable();
                }
                Step::Remove(timer) => {
                    // SAFETY: as above.
                    let was = unsafe { heap.remove(&raw const *nodes[timer]) };
                    prop_assert_eq!(was, list.iter().any(|(.., other)| *other == timer));
                    list.retain(|(.., other)| *other != timer);
                }
                Step::TakeDue(now) => {
                    // SAFETY: as above.
                    let taken = unsafe { heap.take_due(now) };
                    let due = list.first().is_some_and(|(at, ..)| *at <= now).then(|| list.remove(0));
                    prop_assert_eq!(taken, due.map(|(.., timer)| &raw const *nodes[timer]));
                }
            }
            // SAFETY: as above.
            prop_assert_eq!(unsafe { heap.earliest() }, list.first().map(|(at, ..)| *at));
            for (timer, node) in nodes.iter().enumerate() {
                prop_assert_eq!(node.is_queued(), list.iter().any(|(.., other)| *other == timer));
            }
        }
    }
}

#[test]
fn a_hundred_thousand_in_one_tree_need_no_stack() {
    let nodes: Vec<_> = (0..100_000).map(|_| Node::new()).collect();
    let heap = Heap::new();
    for (i, node) in nodes.iter().enumerate() {
        // SAFETY: one thread; the vector does not move.
        unsafe { heap.insert(node, (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) };
    }
    let mut last = 0;
    // SAFETY: as above.
    while let Some(at) = unsafe { heap.earliest() } {
        assert!(last <= at);
        last = at;
        // SAFETY: as above.
        assert!(unsafe { heap.take_due(at) }.is_some());
    }
}
