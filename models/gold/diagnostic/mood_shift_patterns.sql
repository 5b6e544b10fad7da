/*---
description: >-
  One row a local hour and size of the change from one play of a track to the next, as far as
  valence and energy tell. The play before is the one directly before in the session, of any length
  and of anything; a pair counts where both have features that gold averages and neither is private
  or excluded. Repeats of a song change nothing and stand apart: they are in no shift_count. Changes
  are compared with 0.2 and 0.5 as decimals, so from 0.7 to 0.9 is 0.2. Empty without a catalogue.
columns:
  - name: hour_of_day
    description: Local hour of the later play's start, 0 to 23.
    data_tests:
      - not_null
      - range: { min: 0, max: 23 }
  - name: shift_magnitude
    description: >-
      Stable where valence and energy both change by at most 0.2, Major_Shift where one of them
      changes by more than 0.5, otherwise Minor_Shift.
    data_tests:
      - not_null
      - accepted_values: { values: [Stable, Minor_Shift, Major_Shift] }
  - name: shift_count
    description: Pairs of plays that change so much, over which the averages are.
    data_tests:
      - range: { min: 1 }
  - name: avg_valence_change
    description: Mean of the later play's valence minus the earlier one's; null below 30 pairs.
    data_tests:
      - range: { min: -1, max: 1, severity: warn }
  - name: avg_energy_change
    description: Mean of the later play's energy minus the earlier one's; null below 30 pairs.
    data_tests:
      - range: { min: -1, max: 1, severity: warn }
  - name: pairs_with_features
    description: Pairs of the hour that count, of all three sizes.
    data_tests: [not_null]
  - name: repeats
    description: Pairs of the hour with features that repeat a song, in no other count but pairs.
    data_tests: [not_null]
  - name: pairs
    description: >-
      Pairs of the hour, with features or not, of two plays of tracks that are neither private nor
      excluded.
    data_tests: [not_null]
data_tests:
  - unique: { columns: [hour_of_day, shift_magnitude] }
  - row_count: { max: 72 }
  - expression: { expression: shift_count <= pairs_with_features }
  - expression: { expression: pairs_with_features + repeats <= pairs }
---*/

with

mood_shifts as (

    select * from {{ref 'mood_shifts'}}

),

hours_counted as (

    select
        hour_of_day,
        count(shift_magnitude) as pairs_with_features,
        count(*) filter (where is_repeat and valence_change is not null) as repeats,
        count(*) as pairs

    from mood_shifts

    group by hour_of_day

),

shifts_counted as (

    select
        mood_shifts.hour_of_day,
        mood_shifts.shift_magnitude,
        count(*) as shift_count,
        -- Adding 0 makes 0 of -0.
        {{> average feature='mood_shifts.valence_change' digits='3'}} + 0 as avg_valence_change,
        {{> average feature='mood_shifts.energy_change' digits='3'}} + 0 as avg_energy_change,
        hours_counted.pairs_with_features,
        hours_counted.repeats,
        hours_counted.pairs

    from mood_shifts

    inner join hours_counted
        on mood_shifts.hour_of_day = hours_counted.hour_of_day

    where mood_shifts.shift_magnitude is not null

    group by
        mood_shifts.hour_of_day,
        mood_shifts.shift_magnitude,
        hours_counted.pairs_with_features,
        hours_counted.repeats,
        hours_counted.pairs

    order by
        mood_shifts.hour_of_day,
        case mood_shifts.shift_magnitude when 'Stable' then 1 when 'Minor_Shift' then 2 else 3 end

)

select * from shifts_counted
