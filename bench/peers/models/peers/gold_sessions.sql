/*---
columns:
  - name: session_no
    data_tests:
      - unique
---*/
with gaps as (
    select
        play_id,
        played_at,
        track_id,
        ms_played,
        valence,
        case
            when played_at - lag(played_at) over (order by played_at, play_id) > interval '30' minute then 1
            else 0
        end as starts_session
    from {{ref 'silver_listening_with_features'}}
),
numbered as (
    select
        *,
        sum(starts_session) over (order by played_at, play_id rows between unbounded preceding and current row) as session_no
    from gaps
)
select
    session_no,
    min(played_at) as started_at,
    max(played_at) as ended_at,
    count(*) as plays,
    count(distinct track_id) as distinct_tracks,
    sum(ms_played) / 60000.0 as minutes,
    avg(valence) as avg_valence
from numbered
group by session_no
