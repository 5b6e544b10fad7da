/*---
description: >-
  One row a play with features, with the mood that its session was heading to after it: valence and
  energy expected of the next play, with 80 % intervals. Told from the music, not from the listener.
  Empty until a model is trained.
columns:
  - name: play_id
    description: The play after which the next one is told.
    data_tests: [unique, not_null]
  - name: session_id
    description: The session.
    data_tests: [not_null]
  - name: started_at
    description: Start of the play, UTC.
  - name: session_play_count
    description: Plays with features in the session so far.
  - name: session_valence
    description: Their mean valence.
  - name: expected_valence
    description: Valence expected of the next play; null until session_valence_regression is trained.
  - name: valence_lower
    description: Lower end of its 80 % interval.
  - name: valence_upper
    description: Upper end of it.
  - name: next_valence
    description: Valence of the session's next play with features; null after the last.
  - name: valence_model_version
    description: Version of session_valence_regression that predicts.
  - name: session_energy
    description: Mean energy of the session so far.
  - name: expected_energy
    description: Energy expected of the next play; null until session_energy_regression is trained.
  - name: energy_lower
    description: Lower end of its 80 % interval.
  - name: energy_upper
    description: Upper end of it.
  - name: next_energy
    description: Energy of the session's next play with features; null after the last.
  - name: energy_model_version
    description: Version of session_energy_regression that predicts.
  - name: is_holdout
    description: Whether the play is among the newest, by which the version of valence was judged.
---*/

with

session_valence_scores as (

    select * from {{ref 'session_valence_scores'}}

),

session_energy_scores as (

    select * from {{ref 'session_energy_scores'}}

),

moods_estimated as (

    select
        session_valence_scores.play_id,
        session_valence_scores.session_id,
        session_valence_scores.started_at,
        session_valence_scores.session_play_count,
        {{#each (list 'valence' 'energy') as |feature|}}
        round(session_{{feature}}_scores.session_{{feature}}, 3) as session_{{feature}},
        round(session_{{feature}}_scores.prediction, 3) as expected_{{feature}},
        round(session_{{feature}}_scores.lower, 3) as {{feature}}_lower,
        round(session_{{feature}}_scores.upper, 3) as {{feature}}_upper,
        session_{{feature}}_scores.next_{{feature}},
        session_{{feature}}_scores.model_version as {{feature}}_model_version,
        {{/each}}
        session_valence_scores.is_holdout

    from session_valence_scores

    inner join session_energy_scores
        on session_valence_scores.play_id = session_energy_scores.play_id

    where session_valence_scores.prediction is not null
    or session_energy_scores.prediction is not null

)

select * from moods_estimated
