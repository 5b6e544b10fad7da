/*---
columns:
  - name: day_type
    data_tests:
      - accepted_values: { values: [weekend, weekday] }
---*/
select
    case when is_weekend then 'weekend' else 'weekday' end as day_type,
    count(*) as plays,
    count(*) * 1.0 / count(distinct cast(played_at as date)) as plays_per_day,
    avg(energy) as avg_energy,
    avg(valence) as avg_valence,
    stddev_samp(valence) as sd_valence
from {{ref 'silver_listening_with_features'}}
group by 1
