//! Finds the mutants that don't compile: checks all at once, takes out those that errors point at,
//! and repeats until there are no errors.

use super::mutant::Mutant;
use super::render::Place;
use super::tree::{Places, Tree};
use crate::build::{Backend, checking};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// After this many rounds something else is wrong.
const ROUNDS: usize = 40;

/// Writes the tree with all of `mutants` that compile. Returns the numbers of the others, each with
/// the compiler's message. A mutant's number is its index. `known` ones are left out from the
/// beginning; `found_one` is called for each new one.
pub(crate) fn settle(
    tree: &Tree,
    mutants: &[Mutant],
    known: BTreeMap<u32, String>,
    found_one: impl Fn(u32, &str) -> Result<(), String>,
) -> Result<BTreeMap<u32, String>, String> {
    let mut unviable = known;
    for round in 1..=ROUNDS {
        let numbered = mutants.iter().zip(0u32..).filter(|(_, number)| !unviable.contains_key(number));
        let numbered: Vec<(&Mutant, u32)> = numbered.collect();
        let (places, crossing) = tree.write(&numbered, mutants.len())?;
        unviable.extend(crossing.into_iter().map(|number| (number, "it crosses another mutant".to_owned())));
        let output = checking(&tree.root, &tree.target, Backend::Loom, "kthread-rt")
            .output()
            .map_err(|e| format!("cargo check: {e}"))?;
        let messages = String::from_utf8_lossy(&output.stdout);
        let errors: Vec<Value> = messages.lines().filter_map(error).collect();
        if errors.is_empty() {
            return match output.status.success() {
                true => Ok(unviable),
                false => Err(format!("cargo check: {}", String::from_utf8_lossy(&output.stderr))),
            };
        }
        let mut found = BTreeMap::new();
        for error in &errors {
            for number in at_fault(error, &places, |number| mutants[number as usize].draft.leaves) {
                found
                    .entry(number)
                    .or_insert_with(|| error["message"].as_str().unwrap_or_default().to_owned());
            }
        }
        eprintln!("check {round}: {} errors, {} mutants do not compile", errors.len(), found.len());
        if found.is_empty() {
            let rendered: Vec<_> =
                errors.iter().filter_map(|error| error["rendered"].as_str()).take(5).collect();
            return Err(format!("the tree does not build without a mutant to blame:\n{}", rendered.concat()));
        }
        for (number, why) in found {
            found_one(number, &why)?;
            unviable.insert(number, why);
        }
    }
    Err(format!("the tree does not build after {ROUNDS} rounds"))
}

/// The error in one line of cargo's messages.
fn error(line: &str) -> Option<Value> {
    let mut message: Value = serde_json::from_str(line).ok()?;
    let inner = message["message"].take();
    let has_place = inner["spans"].as_array().is_some_and(|spans| !spans.is_empty());
    (message["reason"] == "compiler-message" && inner["level"] == "error" && has_place).then_some(inner)
}

/// The mutants that cause an error.
fn at_fault(error: &Value, places: &Places, leaves: impl Fn(u32) -> bool) -> BTreeSet<u32> {
    let spans = spans(error);
    let in_files = || spans.iter().filter_map(|(file, span)| Some((span, places.get(file)?)));
    // A mutant's own text is more to blame than the switch around the original.
    for mutated in [true, false] {
        let innermost = |(span, places): (&Range<usize>, &Vec<(u32, Place)>)| {
            let around = |(_, place): &&(u32, Place)| {
                place.mutated == mutated && place.range.start <= span.start && span.end <= place.range.end
            };
            places.iter().filter(around).min_by_key(|(_, place)| place.range.len()).map(|(number, _)| *number)
        };
        let found: BTreeSet<u32> = in_files().filter_map(innermost).collect();
        if !found.is_empty() {
            return found;
        }
    }
    // A value is used again after a block that no longer leaves: find the mutant that does not
    // leave it.
    let mut extents: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for (file, span) in &spans {
        let extent = extents.entry(file).or_insert(span.clone());
        *extent = extent.start.min(span.start)..extent.end.max(span.end);
    }
    let in_extents = || -> BTreeSet<u32> {
        let of_file = |(file, extent): (&&str, &Range<usize>)| -> Vec<u32> {
            let here = |(number, place): &&(u32, Place)| {
                leaves(*number) && extent.start <= place.range.start && place.range.end <= extent.end
            };
            places.get(*file).into_iter().flatten().filter(here).map(|(number, _)| *number).collect()
        };
        extents.iter().flat_map(of_file).collect()
    };
    let found = in_extents();
    if !found.is_empty() {
        return found;
    }
    // The error is about the code around some mutants.
    let inside = |(span, places): (&Range<usize>, &Vec<(u32, Place)>)| -> Vec<u32> {
        let inside =
            |(_, place): &&(u32, Place)| span.start <= place.range.start && place.range.end <= span.end;
        places.iter().filter(inside).map(|(number, _)| *number).collect()
    };
    let found: BTreeSet<u32> = in_files().flat_map(inside).collect();
    if !found.is_empty() {
        return found;
    }
    // In a loop, the error may come before the place that is no longer left.
    let nearest = extents.iter().filter_map(|(file, extent)| {
        let all = places.get(*file)?.iter().filter(|(number, _)| leaves(*number));
        let distance = |place: &Place| {
            let (begin, end) = (place.range.start, place.range.end);
            begin.saturating_sub(extent.end).max(extent.start.saturating_sub(end))
        };
        all.min_by_key(|(_, place)| distance(place)).map(|(number, _)| *number)
    });
    nearest.collect()
}

/// All places that an error names, the primary ones first.
fn spans(error: &Value) -> Vec<(String, Range<usize>)> {
    let mut all = Vec::new();
    let of = |message: &Value| message["spans"].as_array().cloned().unwrap_or_default();
    let mut listed = of(error);
    listed.sort_by_key(|span| !span["is_primary"].as_bool().unwrap_or(false));
    for child in error["children"].as_array().into_iter().flatten() {
        listed.extend(of(child));
    }
    for span in listed {
        let at = |name: &str| span[name].as_u64().and_then(|n| usize::try_from(n).ok());
        if let (Some(file), Some(begin), Some(end)) =
            (span["file_name"].as_str(), at("byte_start"), at("byte_end"))
        {
            all.push((file.to_owned(), begin..end));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Place, Places, at_fault};
    use serde_json::json;

    fn places() -> Places {
        let place = |range, mutated| Place { range, mutant: 0, mutated };
        let all = vec![(1, place(10..50, false)), (2, place(20..40, false)), (2, place(30..38, true))];
        Places::from([("a.rs".to_owned(), all)])
    }

    fn about(begin: usize, end: usize) -> Vec<u32> {
        let span = json!({"file_name": "a.rs", "byte_start": begin, "byte_end": end, "is_primary": true});
        at_fault(&json!({"spans": [span], "children": []}), &places(), |_| false).into_iter().collect()
    }

    #[test]
    fn an_error_in_a_mutants_text_is_its_own() {
        assert_eq!(about(31, 33), [2]);
    }

    #[test]
    fn an_error_in_the_original_belongs_to_the_innermost_switch() {
        assert_eq!(about(22, 25), [2]);
        assert_eq!(about(12, 15), [1]);
    }

    #[test]
    fn a_value_that_is_used_again_blames_the_mutant_that_does_not_leave() {
        let span = |begin: usize| json!({"file_name": "a.rs", "byte_start": begin, "byte_end": begin + 1});
        let error = json!({"spans": [span(5), span(60)], "children": []});
        let found: Vec<_> = at_fault(&error, &places(), |number| number == 1).into_iter().collect();
        assert_eq!(found, [1]);
    }

    #[test]
    fn in_a_loop_the_nearest_mutant_that_does_not_leave_is_blamed() {
        let span = json!({"file_name": "a.rs", "byte_start": 2, "byte_end": 4});
        let error = json!({"spans": [span], "children": []});
        let found: Vec<_> = at_fault(&error, &places(), |number| number == 2).into_iter().collect();
        assert_eq!(found, [2]);
    }

    #[test]
    fn an_error_around_mutants_blames_all_of_them() {
        assert_eq!(about(0, 100), [1, 2]);
        assert!(about(60, 70).is_empty());
    }
}
