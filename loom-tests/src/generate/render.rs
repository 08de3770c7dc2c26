//! Mutation schemata: a file with all its mutants in it, each behind the number that switches it
//! on.
//!
//! The edits replace ranges of the original's text, so the rest stays as it is. An edit's original
//! part is rendered with the mutants inside it; its mutated part has none, since only one mutant is
//! on at a time.

use super::mutant::{Draft, NUMBER, Piece, Wrap};
use std::ops::Range;

/// A file with mutants, and their places in it.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    pub(crate) places: Vec<Place>,
}

/// The range of a rendered file that belongs to one mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) range: Range<usize>,
    /// The mutant's index in the rendered list.
    pub(crate) mutant: usize,
    /// True for the mutant's own text, false for the switch around the original.
    pub(crate) mutated: bool,
}

struct Node<'a> {
    wrap: &'a Wrap,
    mutant: usize,
}

struct Insert<'a> {
    at: usize,
    text: &'a str,
    mutant: usize,
}

struct Renderer<'a> {
    source: &'a str,
    inserts: Vec<Insert<'a>>,
    numbers: &'a [u32],
    out: Rendered,
}

/// Renders `source` with `drafts`, which have these numbers. Leaves out drafts whose edits cross
/// another's, and returns their indices.
pub(crate) fn render(source: &str, drafts: &[(&Draft, u32)]) -> (Rendered, Vec<usize>) {
    let mut crossing = Vec::new();
    let mut nodes: Vec<Node<'_>> = Vec::new();
    for (mutant, (draft, _)) in drafts.iter().enumerate() {
        if draft.wraps.iter().any(|wrap| nodes.iter().any(|node| cross(&node.wrap.range, &wrap.range))) {
            crossing.push(mutant);
        } else {
            nodes.extend(draft.wraps.iter().map(|wrap| Node { wrap, mutant }));
        }
    }
    // Nodes that keep all of their original go outside those that keep parts of it.
    nodes.sort_by_key(|node| {
        let range = &node.wrap.range;
        let whole = node.wrap.pieces.iter().any(|piece| *piece == Piece::Original(range.clone()));
        (range.start, usize::MAX - range.end, !whole, node.mutant)
    });
    let mut inserts: Vec<Insert<'_>> = Vec::new();
    for (mutant, (draft, _)) in drafts.iter().enumerate().filter(|(mutant, _)| !crossing.contains(mutant)) {
        inserts.extend(draft.inserts.iter().map(|(at, text)| Insert { at: *at, text, mutant }));
    }
    inserts.sort_by_key(|insert| (insert.at, insert.mutant));
    let numbers: Vec<u32> = drafts.iter().map(|(_, number)| *number).collect();
    let mut renderer = Renderer { source, inserts, numbers: &numbers, out: Rendered::default() };
    renderer.region(0..source.len(), true, &nodes.iter().collect::<Vec<_>>());
    (renderer.out, crossing)
}

fn cross(a: &Range<usize>, b: &Range<usize>) -> bool {
    let ends_inside = |first: &Range<usize>, second: &Range<usize>| {
        first.start < second.start && second.start < first.end && first.end < second.end
    };
    ends_inside(a, b) || ends_inside(b, a)
}

impl Renderer<'_> {
    /// Renders this part of the source with its nodes. Text that is inserted at its very ends
    /// belongs to the surrounding region.
    fn region(&mut self, range: Range<usize>, with_ends: bool, nodes: &[&Node<'_>]) {
        let mut at = range.start;
        let mut next = 0;
        while let Some(node) = nodes.get(next) {
            let within =
                nodes[next + 1..].iter().take_while(|other| other.wrap.range.start < node.wrap.range.end);
            let end = next + 1 + within.count();
            self.plain(at..node.wrap.range.start, &range, with_ends);
            self.node(node, &nodes[next + 1..end]);
            at = node.wrap.range.end;
            next = end;
        }
        self.plain(at..range.end, &range, with_ends);
    }

    fn plain(&mut self, part: Range<usize>, region: &Range<usize>, with_ends: bool) {
        let mut at = part.start;
        for number in 0..self.inserts.len() {
            let Insert { at: place, text, mutant } = self.inserts[number];
            let inside = with_ends || (region.start < place && place < region.end);
            if !inside || place < part.start || place > part.end {
                continue;
            }
            self.out.text.push_str(&self.source[at..place]);
            at = place;
            self.out.text.push(' ');
            self.for_mutant(text, mutant, true);
            self.out.text.push(' ');
        }
        self.out.text.push_str(&self.source[at..part.end]);
    }

    fn node(&mut self, node: &Node<'_>, inner: &[&Node<'_>]) {
        let begin = self.out.text.len();
        for piece in &node.wrap.pieces {
            match piece {
                Piece::Text(text) => self.numbered(text, node.mutant),
                Piece::Mutated(text) => self.for_mutant(text, node.mutant, true),
                Piece::Original(range) => {
                    let here = |other: &&&Node<'_>| {
                        range.start <= other.wrap.range.start && other.wrap.range.end <= range.end
                    };
                    let nodes: Vec<&Node<'_>> = inner.iter().filter(here).copied().collect();
                    self.region(range.clone(), false, &nodes);
                }
            }
        }
        let range = begin..self.out.text.len();
        self.out.places.push(Place { range, mutant: node.mutant, mutated: false });
    }

    fn numbered(&mut self, text: &str, mutant: usize) {
        let number = self.numbers[mutant].to_string();
        self.out.text.push_str(&text.replace(NUMBER, &number));
    }

    fn for_mutant(&mut self, text: &str, mutant: usize, mutated: bool) {
        let begin = self.out.text.len();
        self.numbered(text, mutant);
        self.out.places.push(Place { range: begin..self.out.text.len(), mutant, mutated });
    }
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::generate::mutant::{Draft, Wrap};

    fn draft(wraps: Vec<Wrap>, inserts: Vec<(usize, String)>) -> Draft {
        Draft { wraps, inserts, ..Draft::default() }
    }

    #[test]
    fn mutants_are_inside_of_one_another() {
        let source = "f(a);";
        let outer = draft(vec![Wrap::without(0..5)], vec![]);
        let inner = draft(vec![Wrap::instead(2..3, "b")], vec![]);
        let (rendered, crossing) = render(source, &[(&inner, 7), (&outer, 8)]);
        assert!(crossing.is_empty());
        let expected = "if crate::mutation::off(8) { f((if crate::mutation::off(7) { a } else { b })); }";
        assert_eq!(rendered.text, expected);
        let mutated: Vec<&str> =
            rendered.places.iter().filter(|p| p.mutated).map(|p| &rendered.text[p.range.clone()]).collect();
        assert_eq!(mutated, ["b"]);
    }

    #[test]
    fn what_is_inserted_before_a_statement_is_outside_of_its_switch() {
        let moved = draft(vec![Wrap::without(3..5)], vec![(0, "if on(§) { b; }".into())]);
        let dropped = draft(vec![Wrap::without(0..2)], vec![]);
        let (rendered, _) = render("a; b;", &[(&moved, 1), (&dropped, 2)]);
        let expected = " if on(1) { b; } if crate::mutation::off(2) { a; } if crate::mutation::off(1) { b; }";
        assert_eq!(rendered.text, expected);
    }

    #[test]
    fn edits_that_cross_are_left_out() {
        let one = draft(vec![Wrap::without(0..5)], vec![]);
        let two = draft(vec![Wrap::without(3..8)], vec![]);
        let (rendered, crossing) = render("a; b; c;", &[(&one, 1), (&two, 2)]);
        assert_eq!(crossing, [1]);
        assert_eq!(rendered.text, "if crate::mutation::off(1) { a; b; } c;");
    }

    #[test]
    fn without_mutants_the_file_is_as_it_was() {
        assert_eq!(render("fn f() {}\n", &[]).0.text, "fn f() {}\n");
    }
}
