//! Figures from 50-digit arithmetic on the papers' equations, among them those on which the peers give NaN.

use super::*;

const CDNOW: [f64; 4] = [0.243, 4.414, 0.793, 2.426];

fn bg([r, alpha, a, b]: [f64; 4]) -> Model {
    Model::BgNbd { r, alpha, a, b }
}

fn pareto([r, alpha, s, beta]: [f64; 4]) -> Model {
    Model::ParetoNbd { r, alpha, s, beta }
}

#[test]
fn bg_nbd_where_peers_fail() {
    let heavy_lapsed = (200, 30.0, 700.0);
    for (what, parameters, history, time, purchases, alive) in [
        ("usual", CDNOW, (2, 30.43, 38.86), 39.0, 1.226_028_174_767_144_4, 0.726_578_570_080_673),
        ("heavy", CDNOW, (500, 360.0, 365.0), 39.0, 20.758_190_006_813_674, 0.409_117_557_023_761_24),
        ("heavier", CDNOW, (1000, 360.0, 365.0), 39.0, 0.153_880_755_727_966_83, 0.001_516_880_218_621_508),
        ("lapsed", CDNOW, heavy_lapsed, 39.0, 8.002_675_323_562_873e-260, 7.373_639_314_095_162e-261),
        ("long lapsed", CDNOW, (400, 30.0, 700.0), 39.0, 0.0, 0.0),
        ("a + b < 1, new", [0.11, 2.24, 0.31, 0.5], (0, 0.0, 1.0), 30.0, 0.564_588_615_532_784_7, 1.0),
        (
            "a + b < 1",
            [0.11, 2.24, 0.31, 0.5],
            (3, 5.0, 20.0),
            30.0,
            0.707_531_472_850_738_4,
            0.197_373_767_356_807_56,
        ),
        (
            "a = 1",
            [0.5, 5.0, 1.0, 2.0],
            (2, 10.0, 30.0),
            10.0,
            0.172_741_117_045_628_25,
            0.265_099_018_086_633_1,
        ),
        (
            "a near 1",
            [0.5, 5.0, 1.000_000_001, 2.0],
            (2, 10.0, 30.0),
            10.0,
            0.172_741_116_906_096_25,
            0.265_099_017_891_811_56,
        ),
        ("soon", CDNOW, (2, 30.43, 38.86), 1e-6, 3.766_039_015_141_282e-08, 0.726_578_570_080_673),
        ("at once", CDNOW, (2, 30.43, 38.86), 0.0, 0.0, 0.726_578_570_080_673),
        // Sums of so many terms that the closed form over p takes over.
        ("far ahead", CDNOW, (2, 30.43, 38.86), 100_000.0, 48.616_844_073_588_744, 0.726_578_570_080_673),
        ("far, a small", [0.05, 0.5, 0.01, 0.2], (0, 0.0, 0.0), 5_000.0, 439.682_149_151_440_8, 1.0),
    ] {
        let found = one(&bg(parameters), history, Ahead::Within(time));
        near(what, found.purchases, purchases, 1e-9);
        near(what, found.alive, alive, 1e-9);
        assert!(found.purchases.is_sign_positive(), "{what}");
    }
}

#[test]
fn pareto_nbd() {
    let usual = [0.553, 10.578, 0.606, 11.669];
    for (parameters, history, wanted) in [
        (usual, (2, 30.43, 38.86), -9.554_283_245_150_407),
        (usual, (0, 0.0, 38.86), -0.521_046_294_080_890_3),
        ([0.55, 10.0, 0.6, 10.0], (2, 30.43, 38.86), -9.617_379_080_852_405),
        (usual, (200, 360.0, 365.0), -329.343_926_154_785_8),
        (usual, (1000, 360.0, 365.0), -17.972_798_699_584_693),
        (usual, (200, 30.0, 700.0), 112.396_865_117_538_9),
        (usual, (3, 38.86, 38.86), -12.657_952_820_093_733),
    ] {
        near(&format!("{history:?}"), log_likelihood(&pareto(parameters), history), wanted, 1e-12);
    }
    for (parameters, history, time, alive, purchases) in [
        (usual, (2, 30.43, 38.86), 39.0, 0.869_167_559_153_011_1, 1.455_123_193_257_602_3),
        (usual, (200, 30.0, 700.0), 39.0, 2.715_467_949_790_424e-248, 2.940_780_039_431_361e-247),
        (usual, (1000, 360.0, 365.0), 39.0, 0.002_460_301_947_863_552_6, 0.248_016_122_323_868_13),
        ([0.5, 10.0, 1.0, 10.0], (3, 20.0, 30.0), 10.0, 0.629_421_341_912_715_9, 0.491_579_597_275_756_1),
        ([0.5, 10.0, 0.2, 0.001], (0, 0.0, 30.0), 10.0, 0.069_996_327_150_860_53, 0.008_490_890_770_106_084),
        ([0.5, 0.01, 2.0, 50.0], (4, 20.0, 30.0), 10.0, 0.534_464_145_484_040_3, 0.712_381_400_178_660_9),
    ] {
        let found = one(&pareto(parameters), history, Ahead::Within(time));
        near(&format!("{parameters:?} {history:?}"), found.alive, alive, 1e-11);
        near(&format!("{parameters:?} {history:?}"), found.purchases, purchases, 1e-11);
    }
}

/// Likelihood, probability alive, purchases within 26 and for ever at 5 %, by integrals over λ and p.
#[test]
fn regular_purchases() {
    let cnbd = |k, [r, alpha, a, b]: [f64; 4]| Model::MbgCnbd { k, r, alpha, a, b };
    let mbg = |[r, alpha, a, b]: [f64; 4]| Model::MbgNbd { r, alpha, a, b };
    let (late, regular) = ([0.525, 6.18, 0.891, 1.614], [1.4, 2.0, 0.5, 3.0]);
    for (model, history, wanted) in [
        (
            bg(CDNOW),
            (2, 30.43, 38.86),
            [-9.458_606_307_066_27, 0.726_578_570_080_673, 0.861_648_660_601_547_3, 0.636_041_348_245_594_4],
        ),
        (
            mbg(late),
            (2, 30.43, 38.86),
            [
                -9.485_626_551_659_891,
                0.706_194_230_581_364_4,
                0.892_888_151_704_593_5,
                0.656_490_021_039_972_4,
            ],
        ),
        (
            cnbd(1, late),
            (2, 30.43, 38.86),
            [
                -9.485_626_551_659_891,
                0.706_194_230_581_364_4,
                0.892_888_151_704_593_5,
                0.656_490_021_039_972_4,
            ],
        ),
        (
            cnbd(2, [0.9, 3.2, 0.7, 2.1]),
            (3, 20.0, 38.0),
            [
                -16.642_679_076_939_043,
                0.357_385_670_818_323_56,
                0.812_202_981_984_480_9,
                0.605_776_381_899_300_3,
            ],
        ),
        (
            cnbd(3, regular),
            (5, 30.0, 38.0),
            [-28.464_814_235_854_22, 0.804_449_377_190_170_2, 2.974_659_436_585_765_3, 2.240_712_714_373_093],
        ),
        (
            cnbd(3, regular),
            (0, 0.0, 38.0),
            [
                -1.647_191_898_329_554_1,
                0.258_231_627_303_333_43,
                0.154_688_438_734_590_15,
                0.117_433_177_250_372_61,
            ],
        ),
    ] {
        let what = format!("{model:?} {history:?}");
        // The integrals are without Γ(k) to the power of the purchases.
        let gamma =
            if let Model::MbgCnbd { k: 3, .. } = model { 2.0f64.ln() * f64::from(history.0) } else { 0.0 };
        near(&what, log_likelihood(&model, history) + gamma, wanted[0], 1e-12);
        let found = one(&model, history, Ahead::Within(26.0));
        near(&what, found.alive, wanted[1], 1e-12);
        near(&what, found.purchases, wanted[2], 1e-11);
        near(&what, one(&model, history, Ahead::Forever { rate: 0.05 }).purchases, wanted[3], 1e-10);
    }
}

#[test]
fn slow_interest() {
    let slow = Ahead::Forever { rate: 0.0027 };
    near("repeater", one(&bg(CDNOW), (2, 30.43, 38.86), slow).purchases, 5.156_379_826_154_038, 1e-10);
    near("new", one(&bg(CDNOW), (0, 0.0, 38.86), slow).purchases, 1.015_701_931_118_07, 1e-10);
}

/// Discounting by short periods comes to the continuous figure.
#[test]
fn periods_come_to_the_continuous_figure() {
    let rate = 0.02f64;
    for model in [
        bg(CDNOW),
        pareto([0.553, 10.578, 0.606, 11.669]),
        Model::Nbd { r: 0.4, alpha: 12.0 },
        Model::MbgCnbd { k: 2, r: 0.9, alpha: 3.2, a: 0.7, b: 2.1 },
    ] {
        let history = (3, 20.0, 38.0);
        let short = Ahead::Periods { count: 5_000, length: 0.2, rate: (rate * 0.2).exp_m1() };
        let found = one(&model, history, short).purchases;
        let wanted = one(&model, history, Ahead::Forever { rate }).purchases;
        // Half a period late on the average.
        near(&format!("{model:?}"), found * (0.1 * rate).exp(), wanted, 1e-4);
    }
}
