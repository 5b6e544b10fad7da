/*---
columns:
  - name: track_id
    data_tests:
      - unique
      - not_null
  - name: track_name
    data_tests:
      - not_null
---*/
select
    track_id,
    min(track_name) as track_name,
    min(artists) as artists,
    min(album_name) as album_name,
    max(popularity) as popularity,
    max(duration_ms) as duration_ms,
    bool_or(explicit) as is_explicit,
    min(track_genre) as main_genre,
    count(distinct track_genre) as genre_count
from {{ref 'bronze_catalogue'}}
where track_id is not null and track_name is not null
group by track_id
