//! Work in pieces on a stated number of threads, with the same answer for any number.

use std::num::NonZeroUsize;

/// What `work` makes of the pieces `0..pieces`, in their order.
///
/// The pieces don't depend on `threads`, so neither does anything that is added up over them.
pub(super) fn pieces<T: Send>(
    pieces: usize,
    threads: NonZeroUsize,
    work: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let threads = threads.get().min(pieces);
    if threads <= 1 {
        return (0..pieces).map(work).collect();
    }
    // A thread takes every n-th piece, since neighbours tend to cost alike.
    let mut shares: Vec<std::vec::IntoIter<T>> = std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = (1..threads)
            .map(|first| scope.spawn(move || (first..pieces).step_by(threads).map(work).collect::<Vec<T>>()))
            .collect();
        let own: Vec<T> = (0..pieces).step_by(threads).map(work).collect();
        let mut shares = vec![own.into_iter()];
        for other in others {
            match other.join() {
                Ok(share) => shares.push(share.into_iter()),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        shares
    });
    let mut results = Vec::with_capacity(pieces);
    while results.len() < pieces {
        results.extend(shares.iter_mut().filter_map(Iterator::next));
    }
    results
}

/// What `row` makes of each of `0..rows`, in their order.
pub(super) fn rows<T: Send>(rows: usize, threads: NonZeroUsize, row: impl Fn(usize) -> T + Sync) -> Vec<T> {
    const PIECE: usize = 16_384;
    let piece = |place: usize| -> Vec<T> {
        let first = place * PIECE;
        (first..rows.min(first + PIECE)).map(&row).collect()
    };
    if rows <= PIECE {
        return piece(0);
    }
    pieces(rows.div_ceil(PIECE), threads, piece).into_iter().flatten().collect()
}
