//! Whose turn it is: fair shares over time, whoever may take part at each lead.
//!
//! Each lead owes every user who could have had it his share of one lead, by weight; whoever gets it has one lead
//! less to come. What is still owed is all that is kept: a handful of numbers a rule, whatever number of leads.
//! Among those who are owed something, the one whose claim would first exceed a whole lead is next. With the same
//! users throughout this is the quota method of M. L. Balinski and H. P. Young (The Quota Method of Apportionment,
//! American Mathematical Monthly 82, 1975): at any time everyone has within one lead of his share. A user who is
//! away is owed nothing meanwhile, so that he finds no heap of leads when he is back.

use crate::base::kind::UserId;
use crate::domain::lead::Method;

/// One lead, in the unit in which claims are kept: it divides by every number up to 40 (it is their least common
/// multiple), so that shares are exact for all usual sums of weights.
const ONE: i128 = 5_342_931_457_063_200;

/// A user among whom a rule chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The user.
    pub user: UserId,
    /// His weight; with 0 he gets nothing.
    pub weight: u32,
    /// How many open leads he has, where that matters.
    pub open: u64,
    /// How many he takes at most; any number when none.
    pub capacity: Option<u64>,
}

/// What each user of a rule is still owed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns(Vec<(UserId, i64)>);

impl Turns {
    /// Reads the stored form; what can't be read is owed to nobody.
    pub fn read(bytes: &[u8]) -> Turns {
        let row = |row: &[u8]| {
            let (user, owed) = row.split_at_checked(16)?;
            let user = UserId::from_u128(u128::from_be_bytes(user.try_into().ok()?));
            Some((user, i64::from_be_bytes(owed.try_into().ok()?)))
        };
        Turns(bytes.chunks(24).filter_map(row).collect())
    }

    /// The stored form: 24 bytes a user.
    pub fn to_bytes(&self) -> Vec<u8> {
        let row =
            |(user, owed): &(UserId, i64)| user.as_u128().to_be_bytes().into_iter().chain(owed.to_be_bytes());
        self.0.iter().flat_map(row).collect()
    }

    /// Forgets those who are no longer among a rule's users.
    pub fn keep(&mut self, users: &[UserId]) {
        self.0.retain(|(user, _)| users.contains(user));
    }

    fn owed(&self, user: UserId) -> i128 {
        self.0.iter().find(|(known, _)| *known == user).map_or(0, |(_, owed)| i128::from(*owed))
    }

    fn set(&mut self, user: UserId, owed: i128) {
        let owed = i64::try_from(owed).unwrap_or(if owed < 0 { i64::MIN } else { i64::MAX });
        match self.0.iter_mut().find(|(known, _)| *known == user) {
            Some(row) => row.1 = owed,
            None => self.0.push((user, owed)),
        }
    }
}

/// Chooses who gets the next lead and notes it: the candidate and why. None when nobody has weight and room.
pub fn choose(method: Method, candidates: &[Candidate], turns: &mut Turns) -> Option<(UserId, String)> {
    let weight = |candidate: &Candidate| match method {
        Method::RoundRobin | Method::Capacity => u32::from(candidate.weight > 0),
        Method::Weighted => candidate.weight,
    };
    let open: Vec<_> = candidates.iter().filter(|c| weight(c) > 0 && has_room(c)).copied().collect();
    let able = if method == Method::Capacity { emptiest(&open) } else { open };
    let total: i128 = able.iter().map(|candidate| i128::from(weight(candidate))).sum();
    let mut claims = Vec::with_capacity(able.len());
    let mut left = ONE;
    for candidate in able.iter().rev() {
        let weight = i128::from(weight(candidate));
        // What does not divide goes to the first, so that the claims of a lead add up to one.
        let share = if claims.len() + 1 == able.len() { left } else { ONE * weight / total };
        left -= share;
        claims.push((*candidate, weight, turns.owed(candidate.user) + share));
    }
    claims.reverse();
    let someone_is_owed = claims.iter().any(|(.., owed)| *owed > 0);
    let ripe = claims.iter().filter(|(.., owed)| *owed > 0 || !someone_is_owed);
    // Time left until the claim exceeds one: (1 - owed) / weight, compared crosswise; the first of equals.
    let next = ripe.min_by(|a, b| ((ONE - a.2) * b.1).cmp(&((ONE - b.2) * a.1)))?.0;
    for (candidate, _, owed) in &claims {
        turns.set(candidate.user, if candidate.user == next.user { *owed - ONE } else { *owed });
    }
    let among = able.len();
    let reason = match method {
        Method::RoundRobin => format!("in turn among {among}"),
        Method::Weighted => format!("in turn by weight ({} of {total}) among {among}", weight(&next)),
        Method::Capacity => match next.capacity {
            Some(capacity) => format!("most room: {} of {capacity} open leads", next.open),
            None => format!("most room: {} open leads", next.open),
        },
    };
    Some((next.user, reason))
}

fn has_room(candidate: &Candidate) -> bool {
    candidate.capacity.is_none_or(|capacity| candidate.open < capacity)
}

/// Those with the least open leads for their capacity. Who has none is measured by the largest of the others.
fn emptiest(candidates: &[Candidate]) -> Vec<Candidate> {
    let largest = candidates.iter().filter_map(|candidate| candidate.capacity).max().unwrap_or(1);
    let load = |candidate: &Candidate| {
        (u128::from(candidate.open), u128::from(candidate.capacity.unwrap_or(largest).max(1)))
    };
    let by_load = |a: &Candidate, b: &Candidate| {
        let ((open_a, room_a), (open_b, room_b)) = (load(a), load(b));
        (open_a * room_b).cmp(&(open_b * room_a))
    };
    let Some(least) = candidates.iter().min_by(|a, b| by_load(a, b)) else { return Vec::new() };
    candidates.iter().filter(|candidate| by_load(candidate, least).is_eq()).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn candidates(weights: &[u32]) -> Vec<Candidate> {
        let candidate = |(at, weight): (usize, &u32)| Candidate {
            user: UserId::from_u128(at as u128 + 1),
            weight: *weight,
            open: 0,
            capacity: None,
        };
        weights.iter().enumerate().map(candidate).collect()
    }

    fn run(method: Method, weights: &[u32], leads: usize) -> Vec<u128> {
        let (candidates, mut turns) = (candidates(weights), Turns::default());
        let mut next = || Some(choose(method, &candidates, &mut turns)?.0.as_u128());
        (0..leads).map_while(|_| next()).collect()
    }

    #[test]
    fn turns_are_taken_in_order() {
        for (method, weights, expected) in [
            (Method::RoundRobin, vec![1, 1, 1], vec![1, 2, 3, 1, 2, 3, 1]),
            (Method::RoundRobin, vec![9, 0, 1], vec![1, 3, 1, 3, 1, 3, 1]),
            (Method::RoundRobin, vec![1; 41], (1..=7).collect()),
            (Method::Weighted, vec![2, 1], vec![1, 1, 2, 1, 1, 2, 1]),
            (Method::Weighted, vec![5, 1, 1], vec![1, 1, 1, 2, 1, 1, 3]),
            (Method::Weighted, vec![0, 0], vec![]),
        ] {
            assert_eq!(run(method, &weights, 7), expected, "{weights:?}");
        }
    }

    #[test]
    fn capacity_is_by_room_and_never_beyond_it() {
        let of = |rows: &[(u64, Option<u64>)]| {
            let mut candidates = candidates(&vec![1; rows.len()]);
            for (candidate, (open, capacity)) in candidates.iter_mut().zip(rows) {
                (candidate.open, candidate.capacity) = (*open, *capacity);
            }
            choose(Method::Capacity, &candidates, &mut Turns::default()).map(|(user, _)| user.as_u128())
        };
        for (rows, expected) in [
            (vec![(5, Some(10)), (9, Some(20))], Some(2)),
            (vec![(10, Some(10)), (19, Some(20))], Some(2)),
            (vec![(10, Some(10)), (20, Some(20))], None),
            (vec![(3, None), (2, None)], Some(2)),
            (vec![(8, Some(10)), (7, None)], Some(2)),
            (vec![(0, Some(0))], None),
        ] {
            assert_eq!(of(&rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn turns_survive_their_stored_form() {
        let mut turns = Turns::default();
        choose(Method::RoundRobin, &candidates(&[1, 1, 1]), &mut turns);
        assert_eq!(Turns::read(&turns.to_bytes()), turns);
        assert_eq!(Turns::read(&[1, 2, 3]), Turns::default());
        turns.keep(&[UserId::from_u128(2)]);
        assert_eq!(turns.to_bytes().len(), 24);
    }

    proptest! {
        #[test]
        fn shares_are_within_one_of_the_target_at_any_time(weights in prop::collection::vec(1u32..60, 1..9)) {
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            let mut had: BTreeMap<u128, i128> = BTreeMap::new();
            for (at, user) in run(Method::Weighted, &weights, 400).into_iter().enumerate() {
                *had.entry(user).or_default() += 1;
                for (place, weight) in weights.iter().enumerate() {
                    let had = had.get(&(place as u128 + 1)).copied().unwrap_or(0);
                    let off = had * total - i128::from(*weight) * (at as i128 + 1);
                    prop_assert!(off.abs() <= total, "user {place} has {had} of {}", at + 1);
                }
            }
        }

        /// Whoever may take part changes from lead to lead; nobody is favoured or forgotten.
        #[test]
        fn absence_is_neither_punished_nor_rewarded(
            present in prop::collection::vec(prop::collection::vec(any::<bool>(), 4), 1..300),
        ) {
            let all = candidates(&[1, 1, 1, 1]);
            let mut turns = Turns::default();
            let (mut had, mut due) = ([0f64; 4], [0f64; 4]);
            for present in present {
                let here: Vec<_> = all.iter().zip(&present).filter(|(_, here)| **here).map(|(c, _)| *c).collect();
                let Some((user, _)) = choose(Method::RoundRobin, &here, &mut turns) else { continue };
                prop_assert!(here.iter().any(|candidate| candidate.user == user));
                had[user.as_u128() as usize - 1] += 1.0;
                here.iter().for_each(|c| due[c.user.as_u128() as usize - 1] += 1.0 / here.len() as f64);
                for (had, due) in had.iter().zip(&due) {
                    prop_assert!((had - due).abs() < 2.0, "had {had}, due {due}");
                }
            }
        }
    }
}
