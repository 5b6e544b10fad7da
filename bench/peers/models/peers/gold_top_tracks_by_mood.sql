/*---
columns:
  - name: mood
    data_tests:
      - accepted_values: { values: [happy_energetic, happy_calm, sad_energetic, sad_calm] }
  - name: track_id
    data_tests:
      - relationships: { to: silver_tracks, field: track_id }
  - name: track_name
    data_tests:
      - not_null
---*/
with counted as (
    select
        mood,
        track_id,
        min(track_name) as track_name,
        min(artist_name) as artist_name,
        count(*) as plays,
        sum(ms_played) as total_ms
    from {{ref 'silver_listening_with_features'}}
    where mood in ('happy_energetic', 'happy_calm', 'sad_energetic', 'sad_calm')
    group by mood, track_id
)
select
    mood,
    row_number() over (partition by mood order by plays desc, total_ms desc, track_id) as mood_rank,
    track_id,
    track_name,
    artist_name,
    plays,
    total_ms
from counted
qualify row_number() over (partition by mood order by plays desc, total_ms desc, track_id) <= 50
