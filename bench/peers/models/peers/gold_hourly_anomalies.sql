with per_hour as (
    select
        cast(played_at as date) as played_date,
        played_hour,
        count(*) as plays
    from {{ref 'silver_listening_with_features'}}
    group by 1, 2
),
scored as (
    select
        played_date,
        played_hour,
        plays,
        avg(plays) over (partition by played_hour) as mean_plays,
        stddev_samp(plays) over (partition by played_hour) as sd_plays
    from per_hour
)
select
    played_date,
    played_hour,
    plays,
    (plays - mean_plays) / nullif(sd_plays, 0) as z_score
from scored
where abs((plays - mean_plays) / nullif(sd_plays, 0)) >= 3
