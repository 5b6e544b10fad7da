;; The loops that boosting spends its time in. All places are bytes from the beginning of the memory.
;;
;; A row's derivatives are 16 bytes: its gradient packed with a count of one, and its hessian (packed-gradients.ts). A
;; histogram has as many sums of them a bin, 256 bins a feature. A block holds the bins of eight features, 8 bytes a row.
;; The first 64 bytes of the memory are what searches read (countUnit, gradientUnit, hessianUnit, l2, minLeafRows, five f64),
;; the next 64 what the last search found (gain and both sums left of the split, three f64; feature, bin and how the feature's
;; missing values go, three i32: 0 it has none, 1 right, 2 left), and then come the features' numbers of bins (i32).
(module
  (import "kernel" "memory" (memory 1))

  ;; The greatest absolute value of those from $value to $end, which may be followed by one that is 0.
  (func (export "largest") (param $value i32) (param $end i32) (result f64)
    (local $most v128)
    (loop $values
      ;; Keeps what it has where the other is NaN.
      (local.set $most (f64x2.pmax (local.get $most) (f64x2.abs (v128.load (local.get $value)))))
      (local.set $value (i32.add (local.get $value) (i32.const 16)))
      (br_if $values (i32.lt_u (local.get $value) (local.get $end))))
    (f64.max (f64x2.extract_lane 0 (local.get $most)) (f64x2.extract_lane 1 (local.get $most))))

  ;; Writes the derivatives of two rows at a time. Adding and taking away 3 * 2^51 leaves a double of less than 2^51 rounded
  ;; to a whole number.
  (func (export "pack")
    (param $derivatives i32) (param $gradient i32) (param $hessian i32) (param $end i32)
    (param $countUnit f64) (param $perGradient f64) (param $perHessian f64)
    (local $gradients v128) (local $hessians v128) (local $rounder v128)
    (local.set $rounder (f64x2.splat (f64.const 0x1.8p+52)))
    (loop $rows
      (local.set $gradients (f64x2.mul (v128.load (local.get $gradient)) (f64x2.splat (local.get $perGradient))))
      (local.set $gradients (f64x2.sub (f64x2.add (local.get $gradients) (local.get $rounder)) (local.get $rounder)))
      (local.set $gradients (f64x2.add (local.get $gradients) (f64x2.splat (local.get $countUnit))))
      (local.set $hessians (f64x2.mul (v128.load (local.get $hessian)) (f64x2.splat (local.get $perHessian))))
      (local.set $hessians (f64x2.sub (f64x2.add (local.get $hessians) (local.get $rounder)) (local.get $rounder)))
      (v128.store (local.get $derivatives)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $gradients) (local.get $hessians)))
      (v128.store offset=16 (local.get $derivatives)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $gradients) (local.get $hessians)))
      (local.set $derivatives (i32.add (local.get $derivatives) (i32.const 32)))
      (local.set $hessian (i32.add (local.get $hessian) (i32.const 16)))
      (local.set $gradient (i32.add (local.get $gradient) (i32.const 16)))
      (br_if $rows (i32.lt_u (local.get $gradient) (local.get $end)))))

  ;; Fills eight features' histograms, whatever they held before, with the rows listed from $row to $end. Reading a row's
  ;; derivatives once for eight sums of both is what makes training fast.
  (func (export "fillBlock")
    (param $sums i32) (param $block i32) (param $derivatives i32) (param $row i32) (param $end i32)
    (local $bins i32) (local $sum i32) (local $index i32) (local $both v128)
    (memory.fill (local.get $sums) (i32.const 0) (i32.const 32768))
    (if (i32.ge_u (local.get $row) (local.get $end)) (then return))
    (loop $rows
      (local.set $index (i32.load (local.get $row)))
      (local.set $both (v128.load (i32.add (local.get $derivatives) (i32.shl (local.get $index) (i32.const 4)))))
      (local.set $bins (i32.load (i32.add (local.get $block) (i32.shl (local.get $index) (i32.const 3)))))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shl (local.get $bins) (i32.const 4)) (i32.const 4080))))
      (v128.store (local.get $sum) (f64x2.add (v128.load (local.get $sum)) (local.get $both)))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shr_u (local.get $bins) (i32.const 4)) (i32.const 4080))))
      (v128.store offset=4096 (local.get $sum) (f64x2.add (v128.load offset=4096 (local.get $sum)) (local.get $both)))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shr_u (local.get $bins) (i32.const 12)) (i32.const 4080))))
      (v128.store offset=8192 (local.get $sum) (f64x2.add (v128.load offset=8192 (local.get $sum)) (local.get $both)))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shr_u (local.get $bins) (i32.const 20)) (i32.const 4080))))
      (v128.store offset=12288 (local.get $sum) (f64x2.add (v128.load offset=12288 (local.get $sum)) (local.get $both)))
      (local.set $bins (i32.load offset=4 (i32.add (local.get $block) (i32.shl (local.get $index) (i32.const 3)))))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shl (local.get $bins) (i32.const 4)) (i32.const 4080))))
      (v128.store offset=16384 (local.get $sum) (f64x2.add (v128.load offset=16384 (local.get $sum)) (local.get $both)))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shr_u (local.get $bins) (i32.const 4)) (i32.const 4080))))
      (v128.store offset=20480 (local.get $sum) (f64x2.add (v128.load offset=20480 (local.get $sum)) (local.get $both)))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shr_u (local.get $bins) (i32.const 12)) (i32.const 4080))))
      (v128.store offset=24576 (local.get $sum) (f64x2.add (v128.load offset=24576 (local.get $sum)) (local.get $both)))
      (local.set $sum
        (i32.add (local.get $sums) (i32.and (i32.shr_u (local.get $bins) (i32.const 20)) (i32.const 4080))))
      (v128.store offset=28672 (local.get $sum) (f64x2.add (v128.load offset=28672 (local.get $sum)) (local.get $both)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end)))))

  ;; Turns a parent's histogram into that of the child that is not $child.
  (func (export "subtract") (param $parent i32) (param $child i32) (param $end i32)
    (loop $bins
      (v128.store (local.get $parent) (f64x2.sub (v128.load (local.get $parent)) (v128.load (local.get $child))))
      (v128.store offset=16 (local.get $parent)
        (f64x2.sub (v128.load offset=16 (local.get $parent)) (v128.load offset=16 (local.get $child))))
      (local.set $parent (i32.add (local.get $parent) (i32.const 32)))
      (local.set $child (i32.add (local.get $child) (i32.const 32)))
      (br_if $bins (i32.lt_u (local.get $parent) (local.get $end)))))

  ;; Finds the split with the greatest gain above $bestGain, of equal ones the first, and says whether there is one.
  (func (export "findSplit")
    (param $histogram i32) (param $features i32)
    (param $rows f64) (param $gradient f64) (param $hessian f64) (param $parentScore f64) (param $bestGain f64)
    (result i32)
    (local $feature i32) (local $bin i32) (local $lastBin i32) (local $missingWay i32) (local $found i32)
    (local $missing v128) (local $sums v128) (local $added v128)
    (local $countUnit f64) (local $perCount f64) (local $gradientUnit f64) (local $hessianUnit f64) (local $minLeafRows f64)
    (local $l2 v128) (local $count f64) (local $packed f64) (local $left f64) (local $leftHessian f64) (local $rightHessian f64)
    (local $scores v128) (local $gain f64)
    (local.set $countUnit (f64.load offset=0 (i32.const 0)))
    (local.set $perCount (f64.div (f64.const 1) (local.get $countUnit)))
    (local.set $gradientUnit (f64.load offset=8 (i32.const 0)))
    (local.set $hessianUnit (f64.load offset=16 (i32.const 0)))
    (local.set $l2 (v128.load64_splat offset=24 (i32.const 0)))
    (local.set $minLeafRows (f64.load offset=32 (i32.const 0)))
    (loop $everyFeature
      (local.set $missing (v128.load offset=4080 (local.get $histogram)))
      (local.set $sums (v128.const i64x2 0 0))
      (local.set $missingWay (f64.ne (f64x2.extract_lane 0 (local.get $missing)) (f64.const 0)))
      ;; Without missing values the split after the last bin would send all rows left.
      (local.set $lastBin
        (i32.add
          (i32.sub (i32.load offset=128 (i32.shl (local.get $feature) (i32.const 2))) (i32.const 2))
          (local.get $missingWay)))
      (loop $bothWays
        (local.set $bin (i32.const 0))
        (block $enough
          (loop $everyBin
            (br_if $enough (i32.gt_s (local.get $bin) (local.get $lastBin)))
            (block $next
              (local.set $added
                (v128.load (i32.add (local.get $histogram) (i32.shl (local.get $bin) (i32.const 4)))))
              (br_if $next (f64.eq (f64x2.extract_lane 0 (local.get $added)) (f64.const 0)))
              (local.set $sums (f64x2.add (local.get $sums) (local.get $added)))
              (local.set $packed (f64x2.extract_lane 0 (local.get $sums)))
              (local.set $count
                (f64.sub
                  (f64.add (f64.mul (local.get $packed) (local.get $perCount)) (f64.const 0x1.8p+52))
                  (f64.const 0x1.8p+52)))
              (br_if $next (f64.lt (local.get $count) (local.get $minLeafRows)))
              (br_if $enough (f64.lt (f64.sub (local.get $rows) (local.get $count)) (local.get $minLeafRows)))
              (local.set $leftHessian (f64.mul (f64x2.extract_lane 1 (local.get $sums)) (local.get $hessianUnit)))
              (local.set $rightHessian (f64.sub (local.get $hessian) (local.get $leftHessian)))
              ;; As in scikit-learn: below it a leaf's value would explode.
              (br_if $next (f64.lt (local.get $leftHessian) (f64.const 1e-3)))
              (br_if $next (f64.lt (local.get $rightHessian) (f64.const 1e-3)))
              (local.set $left
                (f64.mul
                  (f64.sub (local.get $packed) (f64.mul (local.get $count) (local.get $countUnit)))
                  (local.get $gradientUnit)))
              (local.set $scores
                (f64x2.replace_lane 1
                  (f64x2.splat (local.get $left))
                  (f64.sub (local.get $gradient) (local.get $left))))
              (local.set $scores
                (f64x2.div
                  (f64x2.mul (local.get $scores) (local.get $scores))
                  (f64x2.add
                    (f64x2.replace_lane 1 (f64x2.splat (local.get $leftHessian)) (local.get $rightHessian))
                    (local.get $l2))))
              (local.set $gain
                (f64.sub
                  (f64.add (f64x2.extract_lane 0 (local.get $scores)) (f64x2.extract_lane 1 (local.get $scores)))
                  (local.get $parentScore)))
              (br_if $next (f64.le (local.get $gain) (local.get $bestGain)))
              (local.set $found (i32.const 1))
              (local.set $bestGain (local.get $gain))
              (f64.store offset=64 (i32.const 0) (local.get $gain))
              (v128.store offset=72 (i32.const 0) (local.get $sums))
              (i32.store offset=88 (i32.const 0) (local.get $feature))
              (i32.store offset=92 (i32.const 0) (local.get $bin))
              (i32.store offset=96 (i32.const 0) (local.get $missingWay)))
            (local.set $bin (i32.add (local.get $bin) (i32.const 1)))
            (br $everyBin)))
        (if (i32.eq (local.get $missingWay) (i32.const 1))
          (then
            (local.set $missingWay (i32.const 2))
            (local.set $sums (local.get $missing))
            (local.set $lastBin (i32.sub (local.get $lastBin) (i32.const 1)))
            (br $bothWays))))
      (local.set $histogram (i32.add (local.get $histogram) (i32.const 4096)))
      (local.set $feature (i32.add (local.get $feature) (i32.const 1)))
      (br_if $everyFeature (i32.lt_u (local.get $feature) (local.get $features))))
    (local.get $found))

  ;; Writes the rows listed from $row to $end to $left if they go left, otherwise to $right, in their order. A missing value
  ;; is the highest bin; turned by one where it goes left, it is the lowest. No branch depends on data.
  (func (export "partition")
    (param $column i32) (param $turn i32) (param $lastLeft i32)
    (param $row i32) (param $end i32) (param $left i32) (param $right i32)
    (local $index i32) (local $goesLeft i32)
    (loop $rows
      (local.set $index (i32.load (local.get $row)))
      (local.set $goesLeft
        (i32.le_u
          (i32.and
            (i32.add
              (i32.load8_u (i32.add (local.get $column) (local.get $index)))
              (local.get $turn))
            (i32.const 255))
          (local.get $lastLeft)))
      (i32.store
        (select (local.get $left) (local.get $right) (local.get $goesLeft))
        (local.get $index))
      (local.set $goesLeft (i32.shl (local.get $goesLeft) (i32.const 2)))
      (local.set $left (i32.add (local.get $left) (local.get $goesLeft)))
      (local.set $right (i32.add (local.get $right) (i32.sub (i32.const 4) (local.get $goesLeft))))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end)))))

  ;; Adds a leaf's value to the scores of the rows listed from $row to $end.
  (func (export "addValue") (param $scores i32) (param $value f64) (param $row i32) (param $end i32)
    (local $score i32)
    (loop $rows
      (local.set $score (i32.add (local.get $scores) (i32.shl (i32.load (local.get $row)) (i32.const 3))))
      (f64.store (local.get $score) (f64.add (f64.load (local.get $score)) (local.get $value)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
