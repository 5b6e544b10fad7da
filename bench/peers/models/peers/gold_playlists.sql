/*---
columns:
  - name: playlist
    data_tests:
      - accepted_values: { values: [workout, focus, party, melancholy] }
  - name: track_id
    data_tests:
      - relationships: { to: silver_tracks, field: track_id }
---*/
with tracks as (
    select
        track_id,
        min(track_name) as track_name,
        min(artist_name) as artist_name,
        count(*) as plays,
        any_value(energy) as energy,
        any_value(valence) as valence,
        any_value(danceability) as danceability,
        any_value(acousticness) as acousticness,
        any_value(tempo) as tempo
    from {{ref 'silver_listening_with_features'}}
    where has_features
    group by track_id
),
ruled as (
    select 'workout' as playlist, t.* from tracks as t where t.energy >= 0.8 and t.tempo >= 120
    union all
    select 'focus' as playlist, t.* from tracks as t where t.energy < 0.4 and t.acousticness >= 0.5
    union all
    select 'party' as playlist, t.* from tracks as t where t.danceability >= 0.7 and t.valence >= 0.6
    union all
    select 'melancholy' as playlist, t.* from tracks as t where t.valence < 0.3
)
select
    playlist,
    row_number() over (partition by playlist order by plays desc, track_id) as position,
    track_id,
    track_name,
    artist_name,
    plays
from ruled
qualify row_number() over (partition by playlist order by plays desc, track_id) <= 10
