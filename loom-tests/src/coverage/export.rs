//! Reads llvm-cov's export.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A place in a file: line and column, both from 1.
pub(super) type Place = (usize, usize);

/// A region of a function, with the sum over all instances of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) file: String,
    pub(super) from: Place,
    pub(super) to: Place,
    /// How often it was entered.
    pub(super) count: u64,
}

#[derive(Debug, Deserialize)]
struct Export {
    data: Vec<Data>,
}

#[derive(Debug, Deserialize)]
struct Data {
    functions: Vec<Function>,
}

#[derive(Debug, Deserialize)]
struct Function {
    filenames: Vec<String>,
    /// Lines and columns of both ends, the count, the file's number, an expansion's file, and the
    /// kind.
    regions: Vec<[u64; 8]>,
}

/// The kind of a region that is code: not skipped, not a gap, not an expansion, not a branch.
const CODE: u64 = 0;

/// All regions of `text`, by file and place; the outer of two with the same beginning first.
pub(super) fn regions(text: &str) -> Result<Vec<Region>, String> {
    let export: Export = serde_json::from_str(text).map_err(|e| format!("llvm-cov: {e}"))?;
    let mut sums = BTreeMap::new();
    for function in export.data.into_iter().flat_map(|data| data.functions) {
        for [line, column, last_line, last_column, count, file, _, kind] in function.regions {
            let file = usize::try_from(file).ok().and_then(|file| function.filenames.get(file));
            let Some(file) = file.filter(|_| kind == CODE) else { continue };
            let from = (line as usize, column as usize);
            let to = (last_line as usize, last_column as usize);
            let sum: &mut u64 = sums.entry((file.clone(), from, std::cmp::Reverse(to))).or_default();
            *sum = sum.saturating_add(count);
        }
    }
    let region = |((file, from, to), count): (_, u64)| {
        let (file, from, std::cmp::Reverse(to)): (String, Place, std::cmp::Reverse<Place>) = (file, from, to);
        Region { file, from, to, count }
    };
    Ok(sums.into_iter().map(region).collect())
}

#[cfg(test)]
mod tests {
    use super::{Region, regions};

    #[test]
    fn instances_of_a_function_are_added_up() {
        let text = r#"{"data": [{"functions": [
            {"filenames": ["a.rs"], "regions": [[1, 1, 3, 2, 0, 0, 0, 0], [2, 1, 2, 9, 0, 0, 0, 3]]},
            {"filenames": ["b.rs", "a.rs"], "regions": [[1, 1, 3, 2, 4, 1, 0, 0]]}
        ]}]}"#;
        let region = Region { file: "a.rs".into(), from: (1, 1), to: (3, 2), count: 4 };
        assert_eq!(regions(text), Ok(vec![region]));
    }
}
