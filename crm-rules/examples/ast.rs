fn main(){
 let e = rhai::Engine::new_raw();
 let mut e=e; e.set_optimization_level(rhai::OptimizationLevel::None);
 for s in ["lead.a.b.c(1).d > -5 && !lead.v || x in [1,2.5]", "let x = -1.5; x += 3; x = lead?.b; `a ${x} b`", "lead.a ?? 0", "f(x); for i in 0..3 { g(i); } if a { 1 } else if b { 2 } else { 3 }", "#{a: 1, b: x}", "a.b = 3", "x !in [1]", "lead.c[0].d", "-x", "let f = |x| x+1;","return 5; lead.tags.contains(\"x\")"] {
  match e.compile(s) { Ok(a)=>println!("{s}\n   {:?}", a.statements()), Err(x)=>println!("{s} {x:?}") }
 }
}
