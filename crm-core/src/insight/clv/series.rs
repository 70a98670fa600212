//! Purchases to come of a customer who is still there, as a sum over the events of his stream.
//!
//! The number of events is negative binomial (a Poisson stream with a gamma rate); every k-th is a purchase, and the m-th
//! purchase happens if he didn't leave at the m − 1 before. For k = 1 it is the hypergeometric formula of Fader, Hardie and
//! Lee (2005) without its differences: all terms are positive, so nothing cancels, whatever a and b.

pub(super) struct Stream {
    /// Shape of the rate.
    pub shape: f64,
    /// Time ahead ÷ (α + age).
    pub reach: f64,
    /// Events to a purchase.
    pub k: u32,
    /// Events already come for the next one.
    pub waiting: u32,
    /// Of the probability of leaving.
    pub a: f64,
    /// Of the probability of leaving, chances survived included.
    pub b: f64,
}

impl Stream {
    /// About how many terms matter.
    pub fn terms(&self) -> f64 {
        self.shape * self.reach + 40.0 * (1.0 + self.reach) * (1.0 + self.shape.sqrt())
    }

    /// The mean number of purchases; `None` if it would take too many terms.
    pub fn purchases(&self) -> Option<f64> {
        const MOST: f64 = 2e7;
        if self.reach == 0.0 {
            return Some(0.0);
        }
        if self.terms() > MOST {
            return None;
        }
        let z = self.reach / (1.0 + self.reach);
        // From n − 1 to n events.
        let ratio = |n: f64| z * (self.shape + n - 1.0) / n;
        let mode = ((self.shape * z - 1.0) / (1.0 - z)).floor().max(0.0);
        let (mut first, mut weight) = (mode, 1.0);
        while first > 0.0 && weight > 1e-30 {
            weight /= ratio(first);
            first -= 1.0;
        }
        let mut events = first;
        let mut chain = Chain::new(self);
        chain.skip(first as u64);
        let (mut sum, mut total) = (weight * chain.purchases, weight);
        loop {
            events += 1.0;
            let ratio = ratio(events);
            weight *= ratio;
            chain.event();
            sum += weight * chain.purchases;
            total += weight;
            if events > mode && ratio < 1.0 {
                // What is left is at most geometric, each event at most one purchase.
                let rest = weight / (1.0 - ratio) * (chain.purchases + 1.0 / (1.0 - ratio));
                if rest <= 1e-17 * sum || rest <= f64::MIN_POSITIVE {
                    return Some(sum / total);
                }
            }
        }
    }
}

/// Purchases after so many events: Σ of the probabilities of not having left.
struct Chain<'a> {
    stream: &'a Stream,
    /// Events come for the next purchase.
    waiting: u32,
    /// Purchases so far, each with the probability that it happens.
    purchases: f64,
    /// The next one's.
    next: f64,
    /// Purchases so far.
    made: f64,
}

impl<'a> Chain<'a> {
    fn new(stream: &'a Stream) -> Self {
        Chain { stream, waiting: stream.waiting, purchases: 0.0, next: 1.0, made: 0.0 }
    }

    fn event(&mut self) {
        self.waiting += 1;
        if self.waiting == self.stream.k {
            self.waiting = 0;
            self.purchases += self.next;
            self.next *= (self.stream.b + self.made) / (self.stream.a + self.stream.b + self.made);
            self.made += 1.0;
        }
    }

    fn skip(&mut self, events: u64) {
        for _ in 0..events {
            self.event();
        }
    }
}
