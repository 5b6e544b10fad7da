/*---
columns:
  - name: played_hour
    data_tests:
      - unique
      - not_null
---*/
select
    played_hour,
    count(*) as plays,
    count(distinct track_id) as distinct_tracks,
    sum(ms_played) / 60000.0 as minutes,
    avg(energy) as avg_energy,
    avg(valence) as avg_valence
from {{ref 'silver_listening_with_features'}}
group by played_hour
