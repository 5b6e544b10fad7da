/*---
columns:
  - name: bucket
    data_tests:
      - unique
---*/
select
    least(cast(floor(energy * 20) as integer), 19) as bucket,
    least(cast(floor(energy * 20) as integer), 19) / 20.0 as bucket_from,
    count(*) as plays,
    count(distinct track_id) as distinct_tracks
from {{ref 'silver_listening_with_features'}}
where has_features
group by 1, 2
