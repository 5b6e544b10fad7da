/*---
columns:
  - name: tempo_from
    data_tests:
      - unique
---*/
select
    cast(floor(tempo / 10) * 10 as integer) as tempo_from,
    count(*) as plays,
    avg(danceability) as avg_danceability
from {{ref 'silver_listening_with_features'}}
where has_features
group by 1
