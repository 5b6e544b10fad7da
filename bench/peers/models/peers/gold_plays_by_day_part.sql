/*---
columns:
  - name: day_part
    data_tests:
      - unique
      - accepted_values: { values: [morning, afternoon, evening, night] }
---*/
select
    day_part,
    count(*) as plays,
    sum(ms_played) / 60000.0 as minutes,
    avg(energy) as avg_energy,
    avg(valence) as avg_valence,
    avg(tempo) as avg_tempo,
    quantile_cont(energy, 0.5) as median_energy
from {{ref 'silver_listening_with_features'}}
group by day_part
