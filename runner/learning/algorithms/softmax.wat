;; Turns raw scores into probabilities, two rows at a time. The memory holds an array of f64 a class, $stride bytes apart; a
;; probability takes its score's place. Powers of e are those of fdlibm's exp, which Math.exp is, to the last bit, for
;; arguments from -708 to 0; smaller ones count as -708.
(module
  (import "kernel" "memory" (memory 1))

  (func (export "softmax") (param $stride i32) (param $end i32) (param $rowsEnd i32)
    (local $row i32) (local $class i32) (local $highest v128) (local $total v128)
    (local $x v128) (local $absolute v128) (local $k v128) (local $high v128) (local $low v128) (local $square v128)
    (local $c v128)
    (loop $rows
      (local.set $highest (f64x2.splat (f64.const -inf)))
      (local.set $class (local.get $row))
      (loop $raise
        (local.set $highest (f64x2.pmax (local.get $highest) (v128.load (local.get $class))))
        (local.set $class (i32.add (local.get $class) (local.get $stride)))
        (br_if $raise (i32.lt_u (local.get $class) (local.get $end))))
      (local.set $total (v128.const i64x2 0 0))
      (local.set $class (local.get $row))
      (loop $power
        (local.set $x
          (f64x2.pmax
            (f64x2.splat (f64.const -708))
            (f64x2.sub (v128.load (local.get $class)) (local.get $highest))))
        (local.set $absolute (f64x2.abs (local.get $x)))
        ;; e^x = 2^k * e^(high - low), with k = 0 where |x| is at most half the logarithm of 2.
        (local.set $k
          (v128.and
            (f64x2.trunc
              (f64x2.sub
                (f64x2.mul (local.get $x) (f64x2.splat (f64.const 1.44269504088896338700e+00)))
                (f64x2.splat (f64.const 0.5))))
            (f64x2.ge (local.get $absolute) (v128.const i64x2 0x3fd62e4300000000 0x3fd62e4300000000))))
        (local.set $high
          (f64x2.sub
            (local.get $x)
            (f64x2.mul (local.get $k) (f64x2.splat (f64.const 6.93147180369123816490e-01)))))
        (local.set $low (f64x2.mul (local.get $k) (f64x2.splat (f64.const 1.90821492927058770002e-10))))
        (local.set $x (f64x2.sub (local.get $high) (local.get $low)))
        (local.set $square (f64x2.mul (local.get $x) (local.get $x)))
        (local.set $c (f64x2.mul (local.get $square) (f64x2.splat (f64.const 4.13813679705723846039e-08))))
        (local.set $c (f64x2.add (f64x2.splat (f64.const -1.65339022054652515390e-06)) (local.get $c)))
        (local.set $c (f64x2.mul (local.get $square) (local.get $c)))
        (local.set $c (f64x2.add (f64x2.splat (f64.const 6.61375632143793436117e-05)) (local.get $c)))
        (local.set $c (f64x2.mul (local.get $square) (local.get $c)))
        (local.set $c (f64x2.add (f64x2.splat (f64.const -2.77777777770155933842e-03)) (local.get $c)))
        (local.set $c (f64x2.mul (local.get $square) (local.get $c)))
        (local.set $c (f64x2.add (f64x2.splat (f64.const 1.66666666666666019037e-01)) (local.get $c)))
        (local.set $c (f64x2.sub (local.get $x) (f64x2.mul (local.get $square) (local.get $c))))
        (local.set $c
          (f64x2.div
            (f64x2.mul (local.get $x) (local.get $c))
            (f64x2.sub (f64x2.splat (f64.const 2)) (local.get $c))))
        (local.set $c
          (f64x2.sub
            (f64x2.splat (f64.const 1))
            (f64x2.sub (f64x2.sub (local.get $low) (local.get $c)) (local.get $high))))
        (local.set $c
          (v128.bitselect
            (f64x2.add (f64x2.splat (f64.const 1)) (local.get $x))
            (local.get $c)
            (f64x2.lt (local.get $absolute) (f64x2.splat (f64.const 0x1p-28)))))
        ;; 2^k has k in its exponent and nothing else.
        (local.set $k
          (i64x2.shl
            (i64x2.add
              (i64x2.extend_low_i32x4_s (i32x4.trunc_sat_f64x2_s_zero (local.get $k)))
              (v128.const i64x2 1023 1023))
            (i32.const 52)))
        (local.set $c (f64x2.mul (local.get $c) (local.get $k)))
        (local.set $total (f64x2.add (local.get $total) (local.get $c)))
        (v128.store (local.get $class) (local.get $c))
        (local.set $class (i32.add (local.get $class) (local.get $stride)))
        (br_if $power (i32.lt_u (local.get $class) (local.get $end))))
      (local.set $class (local.get $row))
      (loop $divide
        (v128.store (local.get $class) (f64x2.div (v128.load (local.get $class)) (local.get $total)))
        (local.set $class (i32.add (local.get $class) (local.get $stride)))
        (br_if $divide (i32.lt_u (local.get $class) (local.get $end))))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $rowsEnd))))))
