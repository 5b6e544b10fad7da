with firsts as (
    select track_id, min(played_at) as first_played_at
    from {{ref 'silver_listening_with_features'}}
    group by track_id
),
new_tracks as (
    select cast(date_trunc('month', first_played_at) as date) as played_month, count(*) as new_tracks
    from firsts
    group by 1
)
select
    m.played_month,
    m.plays,
    m.distinct_tracks,
    coalesce(n.new_tracks, 0) as new_tracks,
    coalesce(n.new_tracks, 0) * 1.0 / m.distinct_tracks as discovery_rate
from {{ref 'gold_monthly_trends'}} as m
left join new_tracks as n on n.played_month = m.played_month
