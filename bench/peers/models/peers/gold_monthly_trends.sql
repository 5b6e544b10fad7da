/*---
columns:
  - name: played_month
    data_tests:
      - unique
      - not_null
---*/
with monthly as (
    select
        played_month,
        count(*) as plays,
        count(distinct track_id) as distinct_tracks,
        sum(ms_played) / 3600000.0 as hours,
        avg(energy) as avg_energy,
        avg(valence) as avg_valence,
        avg(danceability) as avg_danceability
    from {{ref 'silver_listening_with_features'}}
    group by played_month
)
select
    *,
    avg(avg_energy) over (order by played_month rows between 2 preceding and current row) as energy_3m,
    avg(avg_valence) over (order by played_month rows between 2 preceding and current row) as valence_3m,
    plays - lag(plays) over (order by played_month) as plays_change
from monthly
