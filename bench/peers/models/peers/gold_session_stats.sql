select
    cast(date_trunc('year', started_at) as date) as session_year,
    count(*) as sessions,
    avg(plays) as avg_plays,
    quantile_cont(minutes, 0.5) as median_minutes,
    max(minutes) as longest_minutes
from {{ref 'gold_sessions'}}
group by 1
