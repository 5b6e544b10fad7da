select
    day_part,
    mood,
    count(*) as plays,
    avg(case when is_skipped then 1.0 else 0.0 end) as skip_rate,
    avg(case when is_shuffle then 1.0 else 0.0 end) as shuffle_rate
from {{ref 'silver_listening_with_features'}}
group by day_part, mood
