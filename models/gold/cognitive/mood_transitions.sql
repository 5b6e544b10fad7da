/*---
description: >-
  One row a mood of music and a mood that follows it inside a session: how often a stream is
  directly followed by a stream of another song with that mood, and how that compares with chance.
  Lift over chance is mostly above 1 for a mood and itself because sessions have a mood of their
  own; lift_in_session leaves that out. Empty without a catalogue, since only it knows moods.
columns:
  - name: mood_category
    description: Mood of a stream's song.
    data_tests:
      - not_null
      - relationships: { to: mood_quadrants, field: mood_category }
  - name: next_mood
    description: Mood of the next stream's song.
    data_tests:
      - not_null
      - relationships: { to: mood_quadrants, field: mood_category }
  - name: transitions
    description: >-
      Pairs of streams, one directly after the other in a session, of different songs that both have
      a mood; 0 where this never came after that.
    data_tests:
      - not_null
      - range: { min: 0 }
  - name: transitions_from_mood
    description: All such pairs that begin with mood_category.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: probability
    description: >-
      Share of transitions in transitions_from_mood, 0 to 1; null below 30 of these, as both lifts.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: expected_transitions
    description: >-
      Pairs expected by chance, if what follows did not depend on what is followed:
      transitions_from_mood times the share of next_mood among all pairs.
    data_tests:
      - not_null
      - range: { min: 0 }
  - name: lift
    description: >-
      transitions over expected_transitions; above 1 more often than by chance. Null where chance
      would bring fewer than 5.
    data_tests:
      - range: { min: 0 }
  - name: shuffled_transitions
    description: Pairs expected if the streams inside each session came in random order.
    data_tests:
      - not_null
      - range: { min: 0 }
  - name: lift_in_session
    description: >-
      transitions over shuffled_transitions: what the order inside sessions adds to their moods.
      Null where fewer than 5 would be expected.
    data_tests:
      - range: { min: 0 }
data_tests:
  - unique: { columns: [mood_category, next_mood] }
  - expression: { expression: transitions <= transitions_from_mood }
---*/

with

mood_pairs as (

    select * from {{ref 'mood_pairs'}}

),

shuffled_mood_pairs as (

    select * from {{ref 'shuffled_mood_pairs'}}

),

mood_quadrants as (

    select mood_category, mood_label from {{ref 'mood_quadrants'}}

),

next_moods as (

    select mood_category as next_mood, mood_label as next_mood_label from mood_quadrants

),

pairs_counted as (

    select mood_category, next_mood, count(*) as transitions from mood_pairs

    group by mood_category, next_mood

),

transitions_filled as (

    select
        mood_quadrants.*,
        next_moods.*,
        coalesce(pairs_counted.transitions, 0) as transitions,
        cast(coalesce(shuffled_mood_pairs.shuffled_transitions, 0) as double) as shuffled

    from mood_quadrants

    cross join next_moods

    left join pairs_counted
        on mood_quadrants.mood_category = pairs_counted.mood_category
        and next_moods.next_mood = pairs_counted.next_mood

    left join shuffled_mood_pairs
        on mood_quadrants.mood_category = shuffled_mood_pairs.mood_category
        and next_moods.next_mood = shuffled_mood_pairs.next_mood

),

transitions_summed as (

    select
        *,
        cast(sum(transitions) over (partition by mood_category) as bigint) as transitions_from_mood,
        sum(transitions) over (partition by next_mood) as transitions_to_mood,
        sum(transitions) over () as all_transitions

    from transitions_filled

),

chance_measured as (

    select
        *,
        cast(transitions_from_mood as double) * transitions_to_mood / all_transitions as expected

    from transitions_summed

    where transitions_from_mood > 0

),

transitions_compared as (

    select
        mood_category,
        next_mood,
        transitions,
        transitions_from_mood,
        if(transitions_from_mood >= 30, round(1e0 * transitions / transitions_from_mood, 3), null)
            as probability,
        round(expected, 1) as expected_transitions,
        if(transitions_from_mood >= 30 and expected >= 5, round(transitions / expected, 3), null)
            as lift,
        round(shuffled, 1) as shuffled_transitions,
        if(transitions_from_mood >= 30 and shuffled >= 5, round(transitions / shuffled, 3), null)
            as lift_in_session

    from chance_measured

    order by mood_label, next_mood_label

)

select * from transitions_compared
