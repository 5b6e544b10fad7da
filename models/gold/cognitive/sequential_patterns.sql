/*---
description: >-
  One row a mood of music that was streamed, with how often, and with the mood that most often comes
  right after it inside a session. mood_transitions has all pairs of moods and what their lifts
  mean. Empty without a catalogue, since only it knows moods.
columns:
  - name: mood_category
    description: Mood of the music.
    data_tests:
      - unique
      - not_null
      - relationships: { to: mood_quadrants, field: mood_category }
  - name: occurrence_count
    description: Streams with that mood.
    data_tests:
      - not_null
      - range: { min: 1 }
  - name: pattern_type
    description: Kind of sequence, by whether the mood's music sounds positive, negative or neither.
    data_tests: [not_null]
  - name: behavioral_insight
    description: What most often follows in words, from seed mood_sequences. It speaks of the music.
    data_tests: [not_null]
  - name: transitions
    description: Streams with that mood directly followed by another song with a mood.
    data_tests:
      - not_null
      - range: { min: 0 }
  - name: next_mood
    description: >-
      Most frequent mood of those next songs; of moods that tie, the first in seed mood_quadrants.
      Null below 30 transitions, as all that follows.
    data_tests:
      - relationships: { to: mood_quadrants, field: mood_category }
  - name: next_mood_probability
    description: Share of the transitions that lead to next_mood, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: next_mood_lift
    description: >-
      How many times as often next_mood follows as by chance; null where chance would bring fewer
      than 5 transitions.
    data_tests:
      - range: { min: 0 }
  - name: next_mood_lift_in_session
    description: The same against the streams of each session in random order.
    data_tests:
      - range: { min: 0 }
data_tests:
  - expression: { expression: transitions <= occurrence_count }
---*/

with

streams as (

    select mood_category, count(*) as occurrence_count from {{ref 'streams'}}

    where mood_category is not null

    group by mood_category

),

mood_transitions as (

    select * from {{ref 'mood_transitions'}}

),

mood_quadrants as (

    select mood_category, mood_label from {{ref 'mood_quadrants'}}

),

mood_sequences as (

    select * from {{ref 'mood_sequences'}}

),

next_moods_ranked as (

    select
        mood_transitions.*,
        row_number() over (
            partition by mood_transitions.mood_category
            order by mood_transitions.transitions desc, mood_quadrants.mood_label
        ) as next_mood_rank

    from mood_transitions

    inner join mood_quadrants
        on mood_transitions.next_mood = mood_quadrants.mood_category

),

next_moods_found as (

    select
        streams.*,
        coalesce(next_moods_ranked.transitions_from_mood, 0) as transitions,
        if(next_moods_ranked.probability is null, null, next_moods_ranked.next_mood) as next_mood,
        next_moods_ranked.probability,
        next_moods_ranked.lift,
        next_moods_ranked.lift_in_session,
        case
            when next_moods_ranked.probability is null then 'unknown'
            when next_moods_ranked.next_mood = streams.mood_category then 'same'
            else 'other'
        end as next_kind

    from streams

    left join next_moods_ranked
        on streams.mood_category = next_moods_ranked.mood_category
        and next_moods_ranked.next_mood_rank = 1

),

moods_described as (

    select
        next_moods_found.mood_category,
        next_moods_found.occurrence_count,
        mood_sequences.pattern_type,
        mood_sequences.behavioral_insight,
        next_moods_found.transitions,
        next_moods_found.next_mood,
        next_moods_found.probability as next_mood_probability,
        next_moods_found.lift as next_mood_lift,
        next_moods_found.lift_in_session as next_mood_lift_in_session

    from next_moods_found

    left join mood_sequences
        on next_moods_found.mood_category = mood_sequences.mood_category
        and next_moods_found.next_kind = mood_sequences.next_kind

    order by occurrence_count desc, mood_category

)

select * from moods_described
