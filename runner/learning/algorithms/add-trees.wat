;; Adds the leaf values of trees to scores, 16 rows at once, as QuickScorer does (Lucchese et al., 2015), in registers of
;; 16 bytes. A row starts with all 32 leaves possible; each question that sends it right takes the leaves on the left away,
;; and the first leaf that is left is its own. No branch depends on data.
;;
;; A tree is 768 bytes: where its questions end (i32, from its beginning), at 16 the values of its leaves from left to
;; right (32 × f64), at 272 its questions, 16 bytes each: where the bins of the feature begin in a strip (i32), at 4 what is
;; added to a bin (1 turns the missing bin 255 into the lowest), at 5 the highest bin that goes left, at 8 the leaves that
;; are left when it goes right (i32). The first 64 bytes of the memory are scratch.
(module
  (import "kernel" "memory" (memory 1))
  (func (export "addTrees")
    (param $tree i32) (param $lastTree i32) (param $columns i32) (param $rowCount i32) (param $scores i32)
    (local $row i32) (local $question i32) (local $end i32) (local $one i32) (local $score i32)
    (local $left v128)
    ;; The bytes of the 16 sets of leaves: $a holds leaves 0 to 7 of each row, $d leaves 24 to 31.
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $ab v128) (local $cd v128)
    (loop $trees
      (local.set $end (i32.add (local.get $tree) (i32.load (local.get $tree))))
      (local.set $row (i32.const 0))
      (local.set $score (local.get $scores))
      (loop $rows
        (local.set $a (v128.const i64x2 -1 -1))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $question (i32.add (local.get $tree) (i32.const 272)))
        (if (i32.lt_u (local.get $question) (local.get $end))
          (then
            (loop $ask
              (local.set $left
                (i8x16.le_u
                  (i8x16.add
                    (v128.load
                      (i32.add
                        (i32.add (local.get $columns) (local.get $row))
                        (i32.load (local.get $question))))
                    (v128.load8_splat offset=4 (local.get $question)))
                  (v128.load8_splat offset=5 (local.get $question))))
              (local.set $a
                (v128.and (local.get $a) (v128.or (local.get $left) (v128.load8_splat offset=8 (local.get $question)))))
              (local.set $b
                (v128.and (local.get $b) (v128.or (local.get $left) (v128.load8_splat offset=9 (local.get $question)))))
              (local.set $c
                (v128.and (local.get $c) (v128.or (local.get $left) (v128.load8_splat offset=10 (local.get $question)))))
              (local.set $d
                (v128.and (local.get $d) (v128.or (local.get $left) (v128.load8_splat offset=11 (local.get $question)))))
              (local.set $question (i32.add (local.get $question) (i32.const 16)))
              (br_if $ask (i32.lt_u (local.get $question) (local.get $end))))))
        ;; A set of leaves a row: bytes a b c d beside each other.
        (local.set $ab
          (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $a) (local.get $b)))
        (local.set $cd
          (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $c) (local.get $d)))
        (v128.store offset=0 (i32.const 0)
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $ab) (local.get $cd)))
        (v128.store offset=16 (i32.const 0)
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $ab) (local.get $cd)))
        (local.set $ab
          (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $a) (local.get $b)))
        (local.set $cd
          (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $c) (local.get $d)))
        (v128.store offset=32 (i32.const 0)
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $ab) (local.get $cd)))
        (v128.store offset=48 (i32.const 0)
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $ab) (local.get $cd)))
        (local.set $one (i32.const 0))
        (loop $add
          (f64.store (local.get $score)
            (f64.add
              (f64.load (local.get $score))
              (f64.load offset=16
                (i32.add
                  (local.get $tree)
                  (i32.shl (i32.ctz (i32.load (local.get $one))) (i32.const 3))))))
          (f64.store offset=8 (local.get $score)
            (f64.add
              (f64.load offset=8 (local.get $score))
              (f64.load offset=16
                (i32.add
                  (local.get $tree)
                  (i32.shl (i32.ctz (i32.load offset=4 (local.get $one))) (i32.const 3))))))
          (local.set $score (i32.add (local.get $score) (i32.const 16)))
          (local.set $one (i32.add (local.get $one) (i32.const 8)))
          (br_if $add (i32.lt_u (local.get $one) (i32.const 64))))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (br_if $rows (i32.lt_u (local.get $row) (local.get $rowCount))))
      (local.set $tree (i32.add (local.get $tree) (i32.const 768)))
      (br_if $trees (i32.lt_u (local.get $tree) (local.get $lastTree))))))
