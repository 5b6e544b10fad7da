/*---
columns:
  - name: played_dow
    data_tests:
      - unique
      - not_null
---*/
select
    played_dow,
    count(*) as plays,
    count(distinct artist_name) as distinct_artists,
    sum(ms_played) / 60000.0 as minutes,
    avg(valence) as avg_valence
from {{ref 'silver_listening_with_features'}}
group by played_dow
