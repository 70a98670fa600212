//! The word that was probably meant.

/// How many letters must be put in, left out, replaced or swapped with their neighbour to make one word
/// of the other (optimal string alignment; Damerau 1964, Wagner and Fischer 1974).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, letter) in left.chars().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, column) + usize::from(letter != *other);
            let mut least = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let neighbour = column.checked_sub(1).and_then(|place| right.get(place));
            if neighbour == Some(&letter) && previous == Some(*other) {
                least = least.min(at(&before, column - 1) + 1);
            }
            current.push(least);
        }
        previous = Some(letter);
        before = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

/// The candidate closest to a word, if it is close enough to have been meant: a third of the letters
/// differ at most, and at least one stays; else the shortest that a Chinese word is a part of. Of several as
/// close, the first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    if letters > 64 {
        return None;
    }
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let close = candidates
        .iter()
        .filter(|candidate| candidate.chars().count().abs_diff(letters) <= letters.div_ceil(3))
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= letters.div_ceil(3) && *distance < letters)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| *candidate);
    // A part of a Chinese name stands for it: `阈值` for `资质认定阈值`.
    let part = || {
        let long = letters > 1 && !word.is_ascii();
        let whole = candidates.iter().filter(|candidate| long && candidate.to_lowercase().contains(&word));
        whole.min_by_key(|candidate| candidate.len()).copied()
    };
    close.or_else(part).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_word_is_suggested() {
        let check = |word: &str, meant: Option<&str>| {
            let names = ["expected_close_on", "stage", "amount", "等级", "公司规模"];
            assert_eq!(nearest(word, names).as_deref(), meant, "{word}");
        };
        check("expected_close_no", Some("expected_close_on"));
        check("Satge", Some("stage"));
        check("amuont", Some("amount"));
        check("公司规摸", Some("公司规模"));
        check("等阶", Some("等级"));
        check("规模", Some("公司规模"));
        check("close_on", None);
        check("revenue", None);
        check("x", None);
        check(&"stage".repeat(1000), None);
    }
}
