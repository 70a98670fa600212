//! Customers drawn from a model.

/// A seeded stream of numbers (splitmix64).
pub(crate) struct Dice(pub u64);

impl Dice {
    /// In (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Marsaglia and Tsang (2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        if x + y > 0.0 { x / (x + y) } else { 0.5 }
    }
}

/// Columns of simulated customers.
#[derive(Default)]
pub(crate) struct Customers {
    pub repeats: Vec<u32>,
    pub last: Vec<f64>,
    pub age: Vec<f64>,
    pub log_intervals: f64,
}

/// Customers of BG/NBD (or, if they may leave at once, of MBG/CNBD-k), watched for whole times between two bounds.
pub(crate) fn customers(
    count: usize,
    [r, alpha, a, b]: [f64; 4],
    (k, leaves_at_first): (u32, bool),
    [low, high]: [f64; 2],
    seed: u64,
) -> Customers {
    let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut all = Customers::default();
    for _ in 0..count {
        let rate = dice.gamma(r) / alpha;
        let leaves = dice.beta(a, b);
        let age = (low + dice.uniform() * (high - low)).round();
        let (mut repeats, mut last) = (0, 0.0);
        let mut stays = !leaves_at_first || dice.uniform() >= leaves;
        while stays {
            let wait = (0..k).map(|_| dice.exponential()).sum::<f64>() / rate;
            if last + wait > age {
                break;
            }
            all.log_intervals += wait.ln();
            last += wait;
            repeats += 1;
            stays = dice.uniform() >= leaves;
        }
        all.repeats.push(repeats);
        all.last.push(last);
        all.age.push(age);
    }
    all
}
