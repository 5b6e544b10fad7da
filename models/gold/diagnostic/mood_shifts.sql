/*---
description: >-
  One row a play of a track whose play before, directly and in the same session, is one of a track
  too, with the change of valence and energy between them. Both are of any length; neither is
  private or excluded.
materialized: ephemeral
columns:
  - name: hour_of_day
    description: Local hour of the later play's start.
  - name: is_repeat
    description: Whether both plays are of the same song.
  - name: valence_change
    description: Later valence minus earlier one; null unless gold averages the features of both.
  - name: energy_change
    description: Later energy minus earlier one, likewise.
  - name: shift_magnitude
    description: Stable, Minor_Shift or Major_Shift; null for repeats and without features.
---*/

with

listening_with_features as (

    select * from {{ref 'listening_with_features'}}

),

play_sessions as (

    select * from {{ref 'play_sessions'}}

),

exclusion_rules as (

    select * from {{ref 'exclusion_rules'}}

),

excluded_plays as (

    select listening_with_features.play_id

    from listening_with_features

    inner join exclusion_rules
        on listening_with_features.listening_date >= exclusion_rules.from_date
        and listening_with_features.listening_date <= exclusion_rules.to_date
        and (
            exclusion_rules.kind = 'period'
            or listening_with_features.artist_key = exclusion_rules.artist_key
            or listening_with_features.song_id = exclusion_rules.song_id
        )

),

plays_counted as (

    select
        play_id,
        song_id,
        hour_of_day,
        {{#each (list 'valence' 'energy') as |feature|}}
        cast(
            if(feature_source in ({{lit (var 'feature_sources')}}), {{feature}}, null)
            as decimal(18, 9)
        ) as {{feature}}{{#unless @last}},{{/unless}}
        {{/each}}

    from listening_with_features

    where not is_private
    and play_id not in (select play_id from excluded_plays)

),

plays_followed as (

    -- Podcasts, private and excluded plays have no row in plays_counted but are the play before.
    select
        plays_counted.*,
        {{#each (list 'play_id' 'song_id' 'valence' 'energy') as |column|}}
        lag(plays_counted.{{column}}) over in_session
            as previous_{{column}}{{#unless @last}},{{/unless}}
        {{/each}}

    from play_sessions

    left join plays_counted
        on play_sessions.play_id = plays_counted.play_id

    window in_session as (
        partition by play_sessions.session_id
        order by play_sessions.position_in_session
    )

),

changes_measured as (

select
        hour_of_day,
        coalesce(song_id = previous_song_id, false) as is_repeat,
        valence - previous_valence as valence_change,
        energy - previous_energy as energy_change

    from plays_followed

    where play_id is not null
    and previous_play_id is not null

),

changes_judged as (

    select
        *,
        case
            when is_repeat or valence_change is null or energy_change is null then null
            when abs(valence_change) > 0.5 or abs(energy_change) > 0.5 then 'Major_Shift'
            when abs(valence_change) <= 0.2 and abs(energy_change) <= 0.2 then 'Stable'
            else 'Minor_Shift'
        end as shift_magnitude

    from changes_measured

)

select * from changes_judged
